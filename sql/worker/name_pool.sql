create or replace function pawl.name_pool(worker_id uuid, graphile_pool_id text)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.workers as w
  set graphile_pool_id = name_pool.graphile_pool_id
  where w.worker_id = name_pool.worker_id
$$;
comment on function pawl.name_pool(uuid, text) is
  'Notes under which id Graphile locks this worker''s jobs, so that they can be unlocked when it dies.';
