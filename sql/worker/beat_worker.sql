-- A sign of life need not survive a crash of Postgres, for nobody is buried within a lease
-- after it: nobody waits for the disk.  (What a function sets for itself is over before its COMMIT.)
create or replace function pawl.beat_worker(worker_id uuid)
returns boolean
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select set_config('synchronous_commit', 'off', true);
  with beaten as (
    update pawl.workers as w
    set beating_since = case
          when pawl.is_beating(w.heartbeat_at, w.lease) then w.beating_since
          else pawl.clock()
        end,
        heartbeat_at = pawl.clock()
    where w.worker_id = beat_worker.worker_id
      and w.stopped_at is null
      and w.buried_at is null
    returning w.worker_id
  )
  select exists (select from beaten)
$$;
comment on function pawl.beat_worker(uuid) is 'A sign of life; false when this worker was buried.';
