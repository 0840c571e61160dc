create or replace function pawl.register_chart(machine_id bigint, chart jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.machine_states (machine_id, state, final, outcome, tags, invokes)
  select
    register_chart.machine_id, s.state, s.final, s.outcome,
    array(select jsonb_array_elements_text(s.tags)), s.invokes
  from jsonb_to_recordset(chart -> 'states') as s (
    state text, final boolean, outcome text, tags jsonb, invokes jsonb
  );
  insert into pawl.machine_edges (machine_id, edge_no, from_state, event, to_state, kind)
  select register_chart.machine_id, e.edge_no, e.from_state, e.event, e.to_state, e.kind
  from jsonb_to_recordset(chart -> 'edges') as e (
    edge_no integer, from_state text, event text, to_state text, kind text
  );
$$;
comment on function pawl.register_chart(bigint, jsonb) is 'private: writes a machine''s states and edges as rows.';
