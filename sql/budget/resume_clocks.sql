-- Time in which no worker served a machine is not its tasks': whoever stops everything for an hour
-- finds them where they were, not out of time.  Living workers beat every second, so a gap says
-- that there was none.  A task that waits for a person has its clock moved by the decision, and one
-- that is paused by going on.
-- Mostly there was no gap, and then no task is looked at: there may be millions.  Whom somebody
-- controls in a transaction that is still open keeps its deadline, for nobody could start meanwhile.
create or replace function pawl.resume_clocks(serves text[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_gap_min constant interval := '5 seconds';
  v_gap record;
  v_task_ids uuid[];
begin
  -- Of two workers that start at once only one finds the gap.  (Before PostgreSQL 18 our caller
  -- holds a lock on the table already: two that asked for a stronger one would wait in a circle.)
  perform pg_advisory_xact_lock(hashtext('pawl'), hashtext('resume_clocks'));
  for v_gap in
    select m.machine_id, pawl.clock() - max(coalesce(w.stopped_at, w.heartbeat_at)) as stood_still
    from pawl.machines as m
    join pawl.workers as w on m.machine || ':' || m.version = any (w.serves)
    where m.machine || ':' || m.version = any (resume_clocks.serves)
    group by m.machine_id
    having pawl.clock() - max(coalesce(w.stopped_at, w.heartbeat_at)) > v_gap_min
  loop
    v_task_ids := array(
      select t.task_id
      from pawl.tasks as t
      where t.finished_at is null
        and t.machine_id = v_gap.machine_id
        and t.status not in ('review', 'paused')
        and exists (
          select from pawl.budgets as b
          where b.task_id = t.task_id
            and b.deadline_at is not null
        )
      order by t.task_id
      for no key update of t skip locked
    );
    with held as materialized (
      select b.task_id
      from pawl.budgets as b
      where b.task_id = any (v_task_ids)
        and b.deadline_at is not null
      order by b.task_id
      for no key update
    ),
    moved as (
      update pawl.budgets as b
      set deadline_at = b.deadline_at + v_gap.stood_still
      from held as h
      where b.task_id = h.task_id
      returning b.task_id, b.deadline_at
    )
    update pawl.timers as m
    set fire_at = v.deadline_at
    from moved as v
    where m.task_id = v.task_id
      and m.timer_id = 'pawl.deadline'
      and isfinite(m.fire_at);
  end loop;
end
$$;
comment on function pawl.resume_clocks(text[]) is
  'private: moves the deadlines of these machines'' tasks on by the time in which no worker served them.';
