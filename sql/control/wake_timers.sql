-- A machine that takes no pawl.deadline has no timer for it, and a deadline all the same.
create or replace function pawl.wake_timers(task pawl.tasks)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.budgets as b
  set deadline_at = b.deadline_at + (pawl.clock() - task.finished_at)
  where b.task_id = task.task_id
    and task.finished_at is not null
    and not exists (
      select from pawl.timers as m
      where m.task_id = task.task_id
        and m.timer_id = 'pawl.deadline'
    );
  update pawl.budgets as b
  set deadline_at = pawl.clock() + m.left_ms * interval '1 millisecond'
  from pawl.timers as m
  where b.task_id = task.task_id
    and m.task_id = task.task_id
    and m.timer_id = 'pawl.deadline'
    and m.left_ms is not null;
  update pawl.timers as m
  set fire_at = pawl.clock() + m.left_ms * interval '1 millisecond',
      left_ms = null
  where m.task_id = task.task_id
    and m.left_ms is not null
$$;
comment on function pawl.wake_timers(pawl.tasks) is
  'private: sets the timers of a stopped task again, with what was left of them.';
