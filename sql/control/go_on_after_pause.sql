-- The deadline moves on by the pause, less what of it a person took to decide: the decision has
-- moved it, or will.  While a question waits the clock goes on standing still.  A question that the
-- task itself does not wait for (what killed a worker, or an action) stops no clock.
create or replace function pawl.go_on_after_pause(task pawl.tasks)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_since timestamptz;
  v_asked interval;
  v_waits boolean;
  v_rested interval;
begin
  select max(e.created_at) into v_since
  from pawl.events as e
  where e.task_id = task.task_id
    and e.type = 'pawl.paused'
    and e.cause = 'engine';
  select
    coalesce(sum(greatest(interval '0',
      coalesce(r.decided_at, pawl.clock()) - greatest(r.opened_at, v_since)
    )), interval '0'),
    coalesce(bool_or(r.status = 'waiting'), false)
  into v_asked, v_waits
  from pawl.reviews as r
  where r.task_id = task.task_id
    and r.kind <> 'poison'
    and not exists (
      select from pawl.steps as s
      where s.task_id = r.task_id
        and s.step_no = r.step_no
        and s.kind = 'action'
    );
  v_rested := pawl.clock() - v_since - v_asked;
  if v_waits then
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
