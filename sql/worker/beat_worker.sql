create or replace function pawl.beat_worker(worker_id uuid)
returns boolean
language sql
security definer
set search_path = pawl, pg_temp
as $$
  with beaten as (
    update pawl.workers as w
    set heartbeat_at = pawl.clock()
    where w.worker_id = beat_worker.worker_id
      and w.stopped_at is null
      and w.buried_at is null
    returning w.worker_id
  )
  select exists (select from beaten)
$$;
comment on function pawl.beat_worker(uuid) is 'A sign of life; false when this worker was buried.';
