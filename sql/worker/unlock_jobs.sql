-- Jobs locked by nobody who lives: a pool that died unnamed, or somebody's own hand.  Graphile
-- would keep them for four hours.  Other task lists in its tables are none of our business.
create or replace function pawl.unlock_jobs(patience interval)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_unlocked bigint;
begin
  update graphile_worker._private_jobs as j
  set locked_at = null,
      locked_by = null,
      attempts = greatest(0, j.attempts - 1)
  where j.locked_at < pawl.clock() - unlock_jobs.patience
    and j.task_id in (
      select k.id from graphile_worker._private_tasks as k where k.identifier like 'advance:%'
    )
    and not exists (
      select from pawl.workers as w
      where w.graphile_pool_id = j.locked_by
        and w.stopped_at is null
        and w.buried_at is null
    );
  get diagnostics v_unlocked = row_count;
  if v_unlocked > 0 then
    perform pg_notify('jobs:insert', '{"count":1}');
  end if;
  return v_unlocked;
end
$$;
comment on function pawl.unlock_jobs(interval) is
  'private: frees wake-ups that have been locked for so long by a pool of no living worker; returns how many.';
