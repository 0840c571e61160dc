create or replace function pawl.asked_since(task_id uuid)
returns timestamptz
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select min(r.opened_at)
  from pawl.reviews as r
  where r.task_id = asked_since.task_id
    and r.status = 'waiting'
    and pawl.is_waited_for(r)
$$;
comment on function pawl.asked_since(uuid) is
  'private: since when a task''s wall clock stands still for a person; null where nobody is asked.';
