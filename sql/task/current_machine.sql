create or replace function pawl.current_machine(machine text)
returns pawl.machines
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_machine pawl.machines;
  v_near text[];
begin
  select m.* into v_machine
  from pawl.machines as m
  where m.machine = current_machine.machine
    and m.current;
  if found then
    return v_machine;
  end if;
  if current_machine.machine is null then
    raise exception using
      errcode = 'PW102',
      message = 'the machine is null',
      hint = 'Name the machine that is to do it: insert into pawl.tasks (machine, input) …';
  end if;
  v_near := pawl.nearest_names(
    current_machine.machine,
    array(select m.machine from pawl.machines as m where m.current order by m.machine),
    3
  );
  raise exception using
    errcode = 'PW102',
    message = format('there is no machine %L', left(current_machine.machine, 80)),
    hint = case when cardinality(v_near) = 0
      then 'No machine is registered yet: `pawl register --app FILE`.'
      else 'Did you mean ' || array_to_string(v_near, ' or ') || '?'
    end;
end
$$;
comment on function pawl.current_machine(text) is
  'The current version of a machine; PW102 with the nearest names where there is none.';
