create or replace function pawl.free_tasks(task_ids uuid[])
returns setof uuid
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select u from unnest(pawl.lock_tasks(free_tasks.task_ids)) as u
$$;
comment on function pawl.free_tasks(uuid[]) is
  'Those of these tasks whose rows nobody else holds just now.';
