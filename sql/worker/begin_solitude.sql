-- The worker has seen to it that nothing else is in its hands; here it is made sure.  Who died
-- alone keeps the task's id: it says what it died of.
create or replace function pawl.begin_solitude(worker_id uuid, task_id uuid)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  if exists (
    select from pawl.attempts as a
    where a.worker_id = begin_solitude.worker_id
      and a.outcome is null
  ) then
    return false;
  end if;
  update pawl.workers as w
  set alone_task_id = begin_solitude.task_id
  where w.worker_id = begin_solitude.worker_id
    and w.buried_at is null
    and w.stopped_at is null;
  return found;
end
$$;
comment on function pawl.begin_solitude(uuid, uuid) is
  'private: from here on this worker takes no other task; false where it has something in hand.';
