-- The same definition is the same version; a structural change is a new one.  Budget, tools and
-- warnings follow the newest registration.  With keep_current it is made known, or brought up to
-- date, and new tasks begin on the version they began on before, where there is one.
create or replace function pawl.register_machine(registration jsonb)
returns table (machine_id bigint, version integer, is_new boolean)
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_machine text := registration ->> 'machine';
  v_hash text := pawl.definition_hash(registration);
  v_current boolean;
begin
  perform pg_advisory_xact_lock(hashtext('pawl.register'), hashtext(v_machine));
  perform pawl.check_registration(registration);
  select m.machine_id, m.version into machine_id, version
  from pawl.machines as m
  where m.machine = v_machine
    and m.definition_hash = v_hash;
  is_new := not found;
  v_current := not coalesce((registration ->> 'keep_current')::boolean, false) or not exists (
    select from pawl.machines as m
    where m.machine = v_machine
      and m.current
      and m.definition_hash <> v_hash
  );
  update pawl.machines as m
  set current = false
  where m.machine = v_machine
    and v_current
    and m.current
    and m.definition_hash <> v_hash;
  if is_new then
    insert into pawl.machines (machine, version, definition_hash, definition, registered_at)
    select v_machine, coalesce(max(m.version), 0) + 1, v_hash, registration -> 'definition', pawl.clock()
    from pawl.machines as m
    where m.machine = v_machine
    returning machines.machine_id, machines.version into machine_id, version;
  end if;
  perform pawl.register_chart(machine_id, registration -> 'chart');
  update pawl.machines as m
  set current = v_current,
      input_schema = registration -> 'input_schema',
      output_schema = registration -> 'output_schema',
      tools = coalesce(registration -> 'tools', '{}'),
      budget = coalesce(registration -> 'budget', '{}'),
      event_schemas = coalesce(registration -> 'event_schemas', '{}'),
      takes = array(select jsonb_array_elements_text(registration #> '{chart,takes}')),
      warnings = array(select jsonb_array_elements_text(registration #> '{chart,warnings}')),
      planned = (registration ->> 'planned')::boolean
  where m.machine_id = register_machine.machine_id;
  -- Or the first inserts of its tasks would wait for each other's transactions.
  insert into graphile_worker._private_tasks (identifier)
  values (format('advance:%s:%s', v_machine, register_machine.version))
  on conflict do nothing;
  perform pawl.set_limits(v_machine, coalesce(registration -> 'limits', '[]'));
  return next;
end
$$;
comment on function pawl.register_machine(jsonb) is
  'Makes a machine version known and (but for keep_current) current: machine, definition, chart, schemas, tools, budget, planned.';
