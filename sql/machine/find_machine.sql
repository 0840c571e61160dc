create or replace function pawl.find_machine(registration jsonb)
returns table (machine_id bigint, version integer, edges jsonb)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select m.machine_id, m.version, pawl.edges_of(m.machine_id)
  from pawl.machines as m
  where m.machine = registration ->> 'machine'
    and m.definition_hash = pawl.definition_hash(registration)
$$;
comment on function pawl.find_machine(jsonb) is
  'The registered version that this definition is, with its edges and their numbers; no row when it was never registered.';
