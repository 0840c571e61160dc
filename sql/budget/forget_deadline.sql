-- A deadline that fired while the question was being put lies in the inbox.  It is no longer true.
create or replace function pawl.forget_deadline(task_id uuid)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.events as e
  set consumed_revision = t.revision
  from pawl.tasks as t
  where t.task_id = forget_deadline.task_id
    and e.task_id = forget_deadline.task_id
    and e.type = 'pawl.deadline'
    and e.consumed_revision is null
$$;
comment on function pawl.forget_deadline(uuid) is
  'private: takes back a deadline that fired before the clock was moved on.';
