create or replace function pawl.paused_with(task_id uuid)
returns uuid
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce((e.payload ->> 'with')::uuid, e.task_id)
  from pawl.events as e
  where e.task_id = paused_with.task_id
    and e.type = 'pawl.paused'
    and e.cause = 'engine'
  order by e.event_no desc
  limit 1
$$;
comment on function pawl.paused_with(uuid) is
  'private: the task whose pause made this one rest the last time: itself, or one above it.';
