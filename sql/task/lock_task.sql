-- For statements of workers: nobody who leaves a transaction open is to keep a worker's connection
-- waiting.  Whoever hears that it is held lets his connection go and asks again.
create or replace function pawl.lock_task(task_id uuid)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  perform from pawl.tasks as t
  where t.task_id = lock_task.task_id
  for no key update skip locked;
  if found then
    return true;
  end if;
  return case when exists (
    select from pawl.tasks as t where t.task_id = lock_task.task_id
  ) then false end;
end
$$;
comment on function pawl.lock_task(uuid) is
  'private: true when the task is locked; false where somebody else holds it, null where there is none.';
