-- Time in which no worker served a machine is not its tasks': whoever stops everything for an hour
-- finds them where they were, not out of time.  Living workers beat every second, so a gap says
-- that there was none.  A task that waits for a person has its clock moved by the decision.
create or replace function pawl.resume_clocks(serves text[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_gap_min constant interval := '5 seconds';
begin
  -- Of two workers that start at once only one finds the gap.  (Before PostgreSQL 18 our caller
  -- holds a lock on the table already: two that asked for a stronger one would wait in a circle.)
  perform pg_advisory_xact_lock(hashtext('pawl'), hashtext('resume_clocks'));
  with gaps as (
    select m.machine_id, pawl.clock() - max(coalesce(w.stopped_at, w.heartbeat_at)) as stood_still
    from pawl.machines as m
    join pawl.workers as w on m.machine || ':' || m.version = any (w.serves)
    where m.machine || ':' || m.version = any (resume_clocks.serves)
    group by m.machine_id
  ),
  moved as (
    update pawl.budgets as b
    set deadline_at = b.deadline_at + g.stood_still
    from gaps as g
    join pawl.tasks as t using (machine_id)
    where g.stood_still > v_gap_min
      and t.task_id = b.task_id
      and t.finished_at is null
      and t.status <> 'review'
      and b.deadline_at is not null
    returning b.task_id, b.deadline_at
  )
  update pawl.timers as m
  set fire_at = v.deadline_at
  from moved as v
  where m.task_id = v.task_id
    and m.timer_id = 'pawl.deadline'
    and isfinite(m.fire_at);
end
$$;
comment on function pawl.resume_clocks(text[]) is
  'private: moves the deadlines of these machines'' tasks on by the time in which no worker served them.';
