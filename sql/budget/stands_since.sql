create or replace function pawl.stands_since(task pawl.tasks)
returns timestamptz
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select least(pawl.asked_since(task.task_id), (
    select max(e.created_at)
    from pawl.events as e
    where e.task_id = task.task_id
      and e.type = 'pawl.paused'
      and e.cause = 'engine'
      and task.status = 'paused'
  ))
$$;
comment on function pawl.stands_since(pawl.tasks) is
  'private: since when a task''s wall clock stands still, for a pause or for a person; null while it runs.';
