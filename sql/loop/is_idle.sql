-- A wake-up that is under way may be about to become anything, and an event that nobody has looked
-- at in the present state may be taken.  An action may be all that is left of a task that has ended.
create or replace function pawl.is_idle(machine_ids bigint[])
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select not exists (
    select from pawl.tasks as t
    where t.finished_at is null
      and t.machine_id = any (is_idle.machine_ids)
      and (t.status = 'ready' or (t.status = 'waiting' and (
        exists (select from pawl.timers as m where m.task_id = t.task_id and isfinite(m.fire_at))
      )))
  )
  and not exists (
    select from pawl.events as e
    join pawl.tasks as t using (task_id)
    where e.consumed_revision is null
      and e.seen_revision is distinct from t.revision
      and t.finished_at is null
      and t.status <> 'paused'
      and t.machine_id = any (is_idle.machine_ids)
  )
  and not exists (
    select from pawl.steps as s
    where s.kind = 'action'
      and s.status = 'open'
      and (
        select t.machine_id from pawl.tasks as t where t.task_id = s.task_id and t.status <> 'paused'
      ) = any (is_idle.machine_ids)
  )
  and not exists (
    select from pawl.limit_queue as q
    join pawl.tasks as t using (task_id)
    where t.machine_id = any (is_idle.machine_ids)
      and pawl.still_waits(q)
  )
  and not exists (
    select from pawl.machines as m
    join graphile_worker._private_tasks as k on k.identifier = 'advance:' || m.machine || ':' || m.version
    join graphile_worker._private_jobs as j on j.task_id = k.id
    where m.machine_id = any (is_idle.machine_ids)
      and j.run_at <= pawl.clock()
      and (j.locked_at is not null or j.attempts < j.max_attempts)
  )
$$;
comment on function pawl.is_idle(bigint[]) is
  'Nothing to do now or soon for these machine versions: what is left waits for people or from outside.';
