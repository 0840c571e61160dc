-- The task has moved on, or rests, while a step of it was done: somebody must deliver the result.
create or replace function pawl.wake_deferred(items pawl.commit_item[])
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.wake_tasks(array(
    select i.task_id
    from unnest(wake_deferred.items) as i
    where i.answer = 'deferred'
      and i.step is not null
  ))
$$;
comment on function pawl.wake_deferred(pawl.commit_item[]) is
  'private: wakes the tasks whose steps were closed without their results being taken.';
