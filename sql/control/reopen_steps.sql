-- The step that failed and those that were stopped with it.  Their attempts are counted anew; what
-- killed its workers is tried once more, alone.  A child task has ended for good: another begins.
-- One that was refused has no row to say what it was to be; the step's error does.
create or replace function pawl.reopen_steps(task pawl.tasks)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_child record;
begin
  for v_child in
    select s.step_no, coalesce(c.machine, s.error ->> 'machine') as machine
    from pawl.steps as s
    left join pawl.tasks as c on c.task_id = s.child_task_id
    where s.task_id = task.task_id
      and s.delivered_revision = task.revision
      and s.status in ('failed', 'stopped')
      and s.kind = 'child'
    order by s.step_no
  loop
    update pawl.steps as s
    set status = 'open',
        child_task_id = null,
        error = null,
        delivered_revision = null,
        closed_at = null
    where s.task_id = task.task_id
      and s.step_no = v_child.step_no;
    perform pawl.start_child(task.task_id, v_child.step_no, v_child.machine);
  end loop;
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
    and s.kind = 'actor';
end
$$;
comment on function pawl.reopen_steps(pawl.tasks) is
  'private: opens the steps again that ended when this task was stopped.';
