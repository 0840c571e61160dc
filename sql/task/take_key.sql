-- True when the key is new.  `on conflict` waits for another transaction that holds the same key.
create or replace function pawl.take_key(task pawl.tasks)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_hash bytea := sha256(convert_to(task.input::text, 'UTF8'));
  v_known bytea;
begin
  insert into pawl.task_keys (tenant, machine, key, task_id, input_hash)
  values (task.tenant, task.machine, task.key, task.task_id, v_hash)
  on conflict do nothing;
  if found then
    return true;
  end if;
  select k.input_hash into v_known
  from pawl.task_keys as k
  where k.tenant = task.tenant
    and k.machine = task.machine
    and k.key = task.key;
  if v_known is distinct from v_hash then
    raise exception using
      errcode = 'PW106',
      message = 'this key was used before, with another input',
      hint = 'A key stands for one piece of work. Use another key, or the same input.';
  end if;
  return false;
end
$$;
comment on function pawl.take_key(pawl.tasks) is
  'Takes a task''s key; false when it was taken before with the same input, PW106 with another.';
