-- A wake-up that found nothing to do: the task is not ready but waits.  The events that were looked
-- at and left are marked, each with the revision whose state did not take it; what came after this
-- look is not among them, so it still shows as something that somebody must look at.  The task
-- comes first, as for everybody who locks both.
create or replace function pawl.park_task(
  task_id    uuid,
  revision   bigint,
  status     text,
  event_nos  bigint[] default '{}'
)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  if not pawl.lock_task(task_id) then
    return null;
  end if;
  if cardinality(event_nos) > 0 and not exists (
    select from pawl.tasks as t
    where t.task_id = park_task.task_id
      and t.revision = park_task.revision
  ) then
    -- Whoever moved it meanwhile did not see them, and may have gone on.
    perform pawl.enqueue(array[park_task.task_id]);
    return true;
  end if;
  update pawl.tasks as t
  set status = park_task.status
  where t.task_id = park_task.task_id
    and t.revision = park_task.revision
    and t.status = 'ready'
    and not exists (
      select from pawl.attempts as a
      where a.task_id = park_task.task_id
        and a.finished_at is null
    );
  if cardinality(event_nos) > 0 then
    update pawl.events as e
    set seen_revision = park_task.revision
    where e.task_id = park_task.task_id
      and e.event_no = any (park_task.event_nos)
      and e.consumed_revision is null
      and e.seen_revision is distinct from park_task.revision;
  end if;
  return true;
end
$$;
comment on function pawl.park_task(uuid, bigint, text, bigint[]) is
  'A ready task with nothing to do becomes waiting or review, unless it has moved or is in hand; event_nos: the events that its state does not take. Null, and nothing is done, while somebody else holds its row.';
