-- A machine's timers that are due become events in its inbox, or in another's; of the others the task is woken, and
-- the worker that looks finds what may go on.  No task is locked: a commit that leaves a state
-- waits for the timer being fired here, and then finds its event.
create or replace function pawl.wake_due()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_due_max constant integer := 500;
  v_due uuid[];
begin
  if not exists (select from pawl.timers as m where m.fire_at <= pawl.clock()) then
    return 0;
  end if;
  with due as materialized (
    select m.task_id, m.timer_id
    from pawl.timers as m
    where m.fire_at <= pawl.clock()
    order by m.fire_at
    limit v_due_max
    for update skip locked
  ),
  fired as (
    delete from pawl.timers as m
    using due as d
    where m.task_id = d.task_id
      and m.timer_id = d.timer_id
    returning m.task_id, m.timer_id, m.kind, m.event, m.fire_at, m.sends_to
  ),
  told as (
    insert into pawl.events (task_id, cause, type, payload, timer_id, sent_by, created_at)
    select f.task_id, 'timer', f.event ->> 'type', f.event, f.timer_id, 'timer', pawl.clock()
    from fired as f
    where f.kind = 'event'
      and f.sends_to is null
      and exists (
        select from pawl.tasks as t where t.task_id = f.task_id and t.finished_at is null
      )
    order by f.fire_at
  ),
  sent as (
    select pawl.send_between(f.task_id, nullif(f.sends_to, 0), f.event)
    from fired as f
    where f.sends_to is not null
    order by f.fire_at
  )
  select array_agg(f.task_id) into v_due
  from fired as f
  cross join (select count(*) from sent) as s;
  if v_due is not null then
    perform pawl.enqueue(v_due);
  end if;
  return coalesce(cardinality(v_due), 0);
end
$$;
comment on function pawl.wake_due() is
  'private: fires the timers that are due, at most 500, and enqueues wake-ups; returns how many.';
