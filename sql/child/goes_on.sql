-- Whom its own machine has brought to an end has ended; whom an error stopped, or whoever was
-- cancelled where its machine took no notice (or is about to be), still stands where it stood.
create or replace function pawl.goes_on(child pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select not exists (
    select from pawl.machine_states as s
    where s.machine_id = child.machine_id
      and s.state = child.state
      and s.final
  )
  and (child.finished_at is not null or exists (
    select from pawl.events as e
    where e.task_id = child.task_id
      and e.type = 'pawl.cancel'
      and e.sent_by = child.parent_task_id::text
      and e.consumed_revision is null
  ))
$$;
comment on function pawl.goes_on(pawl.tasks) is
  'private: whether a child that its parent had the end of, or let go, can go on when the parent is retried.';
