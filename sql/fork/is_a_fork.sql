create or replace function pawl.is_a_fork(task pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.forks as f
    where f.task_id = task.task_id
      and f.from_task_id = task.forked_from_task_id
      and f.from_revision = task.forked_from_revision
  )
$$;
comment on function pawl.is_a_fork(pawl.tasks) is
  'private: true where pawl.fork_task has announced this task; nobody else may say what a task was forked from.';
