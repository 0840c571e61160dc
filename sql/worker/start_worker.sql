create or replace function pawl.start_worker(
  worker_id    uuid,
  release      text,
  host         text,
  pid          integer,
  serves       text[],
  concurrency  integer,
  lease        interval default '4.5 seconds'
)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.resume_clocks(start_worker.serves);
  insert into pawl.workers (
    worker_id, release, host, pid, serves, concurrency, started_at, heartbeat_at, beating_since, lease
  )
  values (
    start_worker.worker_id, start_worker.release, start_worker.host, start_worker.pid,
    start_worker.serves, start_worker.concurrency, pawl.clock(), pawl.clock(), pawl.clock(), start_worker.lease
  )
$$;
comment on function pawl.start_worker(uuid, text, text, integer, text[], integer, interval) is
  'A worker''s life begins: its row, with a first heartbeat.';
