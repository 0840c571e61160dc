create or replace function pawl.task_of_key(machine text, key text)
returns uuid
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select k.task_id
  from pawl.task_keys as k
  where k.tenant = 'default'
    and k.machine = task_of_key.machine
    and k.key = task_of_key.key
$$;
comment on function pawl.task_of_key(text, text) is 'The task a key belongs to; null where the key is new.';
