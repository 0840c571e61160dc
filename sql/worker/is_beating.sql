-- A worker's signs of life are a third of its lease apart at most.  A gap that is longer than this
-- is seen as one; after a shorter one every worker has time for a sign before its lease is over.
create or replace function pawl.is_beating(heartbeat_at timestamptz, lease interval)
returns boolean
language sql
stable
as $$
  select heartbeat_at >= pawl.clock() - 0.4 * lease
$$;
comment on function pawl.is_beating(timestamptz, interval) is
  'private: a worker''s last sign of life is so young that none can have failed to come.';
