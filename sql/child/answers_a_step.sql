create or replace function pawl.answers_a_step(task pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.steps as s
    where s.task_id = task.parent_task_id
      and s.step_no = task.parent_step_no
      and s.kind = 'child'
      and s.status = 'open'
      and s.child_task_id is null
  )
$$;
comment on function pawl.answers_a_step(pawl.tasks) is
  'private: true for the child that an open step has not begun yet; nobody else may say whose child a task is.';
