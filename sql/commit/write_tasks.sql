create or replace function pawl.write_tasks(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(select i.task_id from unnest(write_tasks.items) as i);
begin
  update pawl.tasks as t
  set state = i.state,
      status = i.status,
      revision = i.revision + (i.transition is not null)::integer,
      snapshot = i.snapshot,
      output = i.output,
      error = i.error,
      woken_at = pawl.clock(),
      updated_at = pawl.clock(),
      finished_at = case when i.status in ('succeeded', 'failed', 'cancelled') then pawl.clock() end
  from unnest(write_tasks.items) as i
  where i.answer = 'accepted'
    and t.task_id = i.task_id
    and t.task_id = any (v_task_ids);
  -- Questions of a task that has ended need no answer any more.
  update pawl.reviews as r
  set status = 'withdrawn',
      decided_at = pawl.clock()
  from unnest(write_tasks.items) as i
  where i.answer = 'accepted'
    and i.status in ('succeeded', 'failed', 'cancelled')
    and r.task_id = i.task_id
    and r.status = 'waiting';
  perform pawl.start_clocks(array(
    select i.task_id
    from unnest(write_tasks.items) as i
    where i.answer = 'accepted'
      and i.transition ->> 'cause' = 'start'
  ));
end
$$;
comment on function pawl.write_tasks(pawl.commit_item[]) is 'private: moves the task rows to where their diaries now say.';
