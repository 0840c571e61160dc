-- Whoever showed signs of life all the while is the witness that it could be done.  After Postgres
-- was away there is none for a lease, and nobody is buried so long.
create or replace function pawl.is_witnessed(since timestamptz)
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
      and w.beating_since <= is_witnessed.since
  )
$$;
comment on function pawl.is_witnessed(timestamptz) is
  'private: some worker lives whose signs of life have come without a gap since then.';
