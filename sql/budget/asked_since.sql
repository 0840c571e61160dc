-- A question that the task does not wait for (what killed a worker, or an action) stops no clock.
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
    and r.kind <> 'poison'
    and not exists (
      select from pawl.steps as s
      where s.task_id = r.task_id
        and s.step_no = r.step_no
        and s.kind = 'action'
    )
$$;
comment on function pawl.asked_since(uuid) is
  'private: since when a task''s wall clock stands still for a person; null where nobody is asked.';
