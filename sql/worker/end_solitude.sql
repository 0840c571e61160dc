-- What the suspect has done may still wait to be written, and then it is alone no longer.
create or replace function pawl.end_solitude(worker_id uuid)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.workers as w
  set alone_task_id = null
  where w.worker_id = end_solitude.worker_id
    and w.buried_at is null;
  update pawl.attempts as a
  set alone = false
  where a.worker_id = end_solitude.worker_id
    and a.outcome is null
    and a.alone
$$;
comment on function pawl.end_solitude(uuid) is
  'The suspect is dealt with: this worker may take other tasks again.';
