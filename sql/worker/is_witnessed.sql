-- Whoever showed signs of life all the while is the witness that it could be done.  After Postgres
-- was away there is none for a lease, and nobody is buried so long.  Who has a longer lease shows them
-- more rarely, and is a witness only of a silence as long as that.
create or replace function pawl.is_witnessed(heartbeat_at timestamptz, lease interval)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.workers as w
    where w.stopped_at is null
      and w.buried_at is null
      and pawl.is_beating(w.heartbeat_at, w.lease)
      and greatest(w.beating_since, is_witnessed.heartbeat_at)
        <= pawl.clock() - greatest(w.lease, is_witnessed.lease)
  )
$$;
comment on function pawl.is_witnessed(timestamptz, interval) is
  'private: a worker with this last sign of life was silent for its lease, while some other was not.';
