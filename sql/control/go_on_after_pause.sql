-- The deadline moves on by the pause, less what of it a person took to decide: the decision has
-- moved it, or will.  While a question waits the clock goes on standing still.
create or replace function pawl.go_on_after_pause(task pawl.tasks)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_since timestamptz;
  v_rested interval;
begin
  select max(e.created_at) into v_since
  from pawl.events as e
  where e.task_id = task.task_id
    and e.type = 'pawl.paused'
    and e.cause = 'engine';
  select pawl.clock() - v_since - coalesce(sum(greatest(interval '0',
    coalesce(r.decided_at, pawl.clock()) - greatest(r.opened_at, v_since)
  )), interval '0') into v_rested
  from pawl.reviews as r
  where r.task_id = task.task_id;
  if exists (
    select from pawl.reviews as r where r.task_id = task.task_id and r.status = 'waiting'
  ) then
    update pawl.budgets as b
    set deadline_at = b.deadline_at + v_rested
    where b.task_id = task.task_id;
  else
    perform pawl.resume_clock(task.task_id, v_rested);
  end if;
end
$$;
comment on function pawl.go_on_after_pause(pawl.tasks) is
  'private: moves a task''s deadline on by the time it was paused, and sets its timer again.';
