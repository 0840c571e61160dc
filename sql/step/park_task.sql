-- A wake-up that found nothing to do: the task is not ready but waits.  Whoever wakes it after
-- this look has enqueued a wake-up of their own.
create or replace function pawl.park_task(task_id uuid, revision bigint, status text)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.tasks as t
  set status = park_task.status
  where t.task_id = park_task.task_id
    and t.revision = park_task.revision
    and t.status = 'ready'
    and not exists (
      select from pawl.attempts as a
      where a.task_id = park_task.task_id
        and a.finished_at is null
    )
$$;
comment on function pawl.park_task(uuid, bigint, text) is
  'A ready task with nothing to do becomes waiting or review, unless it has moved or is in hand.';
