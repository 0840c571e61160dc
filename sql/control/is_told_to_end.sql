-- A second word changes nothing while the first is unread, nor later, unless the present state takes
-- that, too: it would cut off the clean-up.
create or replace function pawl.is_told_to_end(task pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce(bool_or(e.consumed_revision is null), false)
    or (count(*) > 0 and not pawl.takes_cancel(task))
  from pawl.events as e
  where e.task_id = task.task_id
    and e.type = 'pawl.cancel'
    and e.cause = 'engine'
    and not exists (
      select from pawl.events as r
      where r.task_id = e.task_id and r.type = 'pawl.retried' and r.event_no > e.event_no
    )
$$;
comment on function pawl.is_told_to_end(pawl.tasks) is
  'private: whether to tell a task again that it is to end would change nothing.';
