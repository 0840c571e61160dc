-- A ready task that nobody has in hand and nobody has woken for long has lost its wake-up.  While
-- an advance job is overdue the queue is merely long, and waking again would make it longer; jobs
-- of a machine version that nobody serves wait for another reason.
create or replace function pawl.wake_forgotten(patience interval)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_wakes_max constant integer := 1000;
  v_forgotten uuid[];
begin
  if exists (
    select from graphile_worker.jobs as j
    where j.locked_at is null
      and j.attempts < j.max_attempts
      and j.run_at < pawl.clock() - interval '2 seconds'
      and j.task_identifier in (
        select 'advance:' || v.served
        from pawl.workers as w
        cross join unnest(w.serves) as v (served)
        where w.stopped_at is null
          and w.buried_at is null
      )
  ) then
    return 0;
  end if;
  v_forgotten := array(
    select t.task_id
    from pawl.tasks as t
    where t.finished_at is null
      and t.status = 'ready'
      and t.woken_at < pawl.clock() - wake_forgotten.patience
      and t.run_at < pawl.clock() - wake_forgotten.patience
      and not exists (
        select from pawl.attempts as a
        where a.task_id = t.task_id
          and a.finished_at is null
      )
    order by t.task_id
    limit v_wakes_max
    for no key update skip locked
  );
  if cardinality(v_forgotten) > 0 then
    perform pawl.wake_tasks(v_forgotten);
  end if;
  return cardinality(v_forgotten);
end
$$;
comment on function pawl.wake_forgotten(interval) is
  'Enqueues wake-ups for ready tasks that lost theirs; returns how many.';
