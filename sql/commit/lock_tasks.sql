create or replace function pawl.lock_tasks(task_ids uuid[])
returns uuid[]
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (lock_tasks.task_ids)
    order by t.task_id
    for no key update skip locked
  )
$$;
comment on function pawl.lock_tasks(uuid[]) is
  'private: locks these tasks in the order of their ids; what somebody else holds is left out.';
