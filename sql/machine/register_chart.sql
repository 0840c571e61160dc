-- Of a chart that is here already only what its rows lack is added: a newer release may know moves
-- of the engine's that an older one did not.  Numbers are never given again, since the diary points
-- at them; so the numbers that count are those of the rows.
create or replace function pawl.register_chart(machine_id bigint, chart jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.machine_states (machine_id, state, final, outcome, tags, meta, invokes)
  select
    register_chart.machine_id, s.state, s.final, s.outcome,
    array(select jsonb_array_elements_text(s.tags)), coalesce(s.meta, '{}'), s.invokes
  from jsonb_to_recordset(chart -> 'states') as s (
    state text, final boolean, outcome text, tags jsonb, meta jsonb, invokes jsonb
  )
  on conflict on constraint machine_states_pk do nothing;
  insert into pawl.machine_edges (machine_id, edge_no, from_state, event, to_state, kind)
  select
    register_chart.machine_id,
    coalesce(k.top + row_number() over (order by e.edge_no), e.edge_no),
    e.from_state, e.event, e.to_state, e.kind
  from jsonb_to_recordset(chart -> 'edges') as e (
    edge_no integer, from_state text, event text, to_state text, kind text
  )
  cross join (
    select max(o.edge_no) as top
    from pawl.machine_edges as o
    where o.machine_id = register_chart.machine_id
  ) as k
  where not exists (
    select from pawl.machine_edges as o
    where o.machine_id = register_chart.machine_id
      and (o.from_state, o.event, o.to_state) = (e.from_state, e.event, e.to_state)
  );
$$;
comment on function pawl.register_chart(bigint, jsonb) is
  'private: writes a machine''s states and edges as rows, or those that are not there yet.';
