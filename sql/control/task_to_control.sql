-- A child's parent is locked before it, as pawl.commit does: the end of one concerns the other.
create or replace function pawl.task_to_control(task_id uuid)
returns pawl.tasks
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task pawl.tasks;
begin
  perform from pawl.tasks as p
  where p.task_id = (
    select t.parent_task_id from pawl.tasks as t where t.task_id = task_to_control.task_id
  )
  for no key update;
  select t.* into v_task
  from pawl.tasks as t
  where t.task_id = task_to_control.task_id
  for no key update;
  if not found then
    raise exception using
      errcode = 'PW201',
      message = format('there is no task %s', task_to_control.task_id),
      hint = 'select task_id, machine, status from pawl.tasks where finished_at is null;';
  end if;
  return v_task;
end
$$;
comment on function pawl.task_to_control(uuid) is
  'private: locks a task that somebody wants to do something to; PW201 where there is none.';
