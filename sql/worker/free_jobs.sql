-- Graphile would keep the jobs of who died for four hours.
create or replace function pawl.free_jobs(worker_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  perform graphile_worker.force_unlock_workers(array(
    select w.graphile_pool_id
    from pawl.workers as w
    where w.worker_id = any (free_jobs.worker_ids)
      and w.graphile_pool_id is not null
  ));
  perform pg_notify('jobs:insert', '{"count":4}');
end
$$;
comment on function pawl.free_jobs(uuid[]) is
  'private: unlocks the jobs that these workers held, and says that there are some.';
