-- The moves between versions are edges like all others: made when first needed, and for good.
create or replace function pawl.allow_migrations(machine_id bigint, items jsonb)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtext('pawl.register'), hashtext(m.machine))
  from pawl.machines as m
  where m.machine_id = allow_migrations.machine_id;
  insert into pawl.machine_states (machine_id, state, final, former)
  select distinct allow_migrations.machine_id, i.from_state, false, true
  from jsonb_to_recordset(items) as i (from_state text)
  on conflict on constraint machine_states_pk do nothing;
  insert into pawl.machine_edges (machine_id, edge_no, from_state, event, to_state, kind)
  select
    allow_migrations.machine_id, k.top + row_number() over (order by i.from_state, i.state),
    i.from_state, 'pawl.migrated', i.state, 'engine'
  from (
    select distinct i.from_state, i.state
    from jsonb_to_recordset(items) as i (from_state text, state text)
  ) as i
  cross join (
    select max(o.edge_no) as top
    from pawl.machine_edges as o
    where o.machine_id = allow_migrations.machine_id
  ) as k
  where not exists (
    select from pawl.machine_edges as o
    where o.machine_id = allow_migrations.machine_id
      and (o.from_state, o.event, o.to_state) = (i.from_state, 'pawl.migrated', i.state)
  );
end
$$;
comment on function pawl.allow_migrations(bigint, jsonb) is
  'private: the engine''s edges pawl.migrated that these moves to another version need.';
