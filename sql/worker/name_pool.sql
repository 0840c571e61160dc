-- A pool that another one takes the place of is over: what it had locked is unlocked, or those
-- wake-ups would sleep for four hours.
create or replace function pawl.name_pool(worker_id uuid, graphile_pool_id text)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select graphile_worker.force_unlock_workers(array[w.graphile_pool_id])
  from pawl.workers as w
  where w.worker_id = name_pool.worker_id
    and w.graphile_pool_id <> name_pool.graphile_pool_id;
  update pawl.workers as w
  set graphile_pool_id = name_pool.graphile_pool_id
  where w.worker_id = name_pool.worker_id
$$;
comment on function pawl.name_pool(uuid, text) is
  'Notes under which id Graphile locks this worker''s jobs, so that they can be unlocked when it dies.';
