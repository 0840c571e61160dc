create or replace function pawl.is_queued(machine_id bigint, before timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.machines as m
    join graphile_worker._private_tasks as k on k.identifier = 'advance:' || m.machine || ':' || m.version
    join graphile_worker._private_jobs as j on j.task_id = k.id
    where m.machine_id = is_queued.machine_id
      and j.run_at < is_queued.before
      and j.locked_at is null
      and j.attempts < j.max_attempts
  )
$$;
comment on function pawl.is_queued(bigint, timestamptz) is
  'private: a wake-up of this machine version should have been taken before that time, and was not.';
