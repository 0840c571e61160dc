-- The step that failed and those that were stopped with it.  Their attempts are counted anew; what
-- killed its workers is tried once more, alone.
create or replace function pawl.reopen_steps(task pawl.tasks)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.steps as s
  set status = 'open',
      error = null,
      delivered_revision = null,
      closed_at = null,
      losses = s.attempts,
      retried_attempts = s.attempts,
      deaths_max = greatest(s.deaths_max, s.deaths_alone + 1)
  where s.task_id = task.task_id
    and s.delivered_revision = task.revision
    and s.status in ('failed', 'stopped')
    and s.kind = 'actor'
$$;
comment on function pawl.reopen_steps(pawl.tasks) is
  'private: opens the steps again that ended when this task was stopped.';
