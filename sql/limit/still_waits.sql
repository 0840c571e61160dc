create or replace function pawl.still_waits(waiter pawl.limit_queue)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.task_id and t.task_id = waiter.task_id
    where s.task_id = waiter.task_id
      and s.step_no = waiter.step_no
      and s.status = 'open'
      and s.waits_for = 'limit'
      and (t.finished_at is null or s.kind = 'action')
      and t.status <> 'paused'
  )
$$;
comment on function pawl.still_waits(pawl.limit_queue) is
  'private: whether this step still waits for a slot; one that was stopped or paused does not.';
