create or replace function pawl.find_machine(registration jsonb)
returns table (machine_id bigint, version integer)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select m.machine_id, m.version
  from pawl.machines as m
  where m.machine = registration ->> 'machine'
    and m.definition_hash = pawl.definition_hash(registration)
$$;
comment on function pawl.find_machine(jsonb) is
  'The registered version that this definition is; no row when it was never registered.';
