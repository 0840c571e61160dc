-- The deadline moves on by the pause, less what of it a person took to decide: the decision has
-- moved it, or will; where several waited at once, that time counts once.  While a question waits
-- the clock goes on standing still.
create or replace function pawl.go_on_after_pause(task pawl.tasks)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_since timestamptz;
  v_asked tstzmultirange;
  v_rested interval;
begin
  select max(e.created_at) into v_since
  from pawl.events as e
  where e.task_id = task.task_id
    and e.type = 'pawl.paused'
    and e.cause = 'engine';
  select range_agg(tstzrange(
    greatest(r.opened_at, v_since), coalesce(r.decided_at, pawl.clock())
  )) into v_asked
  from pawl.reviews as r
  where r.task_id = task.task_id
    and coalesce(r.decided_at, pawl.clock()) > v_since
    and pawl.is_waited_for(r);
  v_rested := pawl.clock() - v_since - coalesce(
    (select sum(upper(u) - lower(u)) from unnest(v_asked) as u), interval '0'
  );
  if pawl.asked_since(task.task_id) is not null then
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
