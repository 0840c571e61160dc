create or replace function pawl.write_tasks(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id
    from unnest(write_tasks.items) as i
    where i.answer = 'accepted'
    order by i.task_id
  );
  v_first uuid := v_task_ids[1];
  v_last uuid := v_task_ids[cardinality(v_task_ids)];
  v_started uuid[] := array(
    select i.task_id
    from unnest(write_tasks.items) as i
    where i.answer = 'accepted'
      and i.transition ->> 'cause' = 'start'
  );
begin
  update pawl.tasks as t
  set state = i.state,
      status = i.status,
      revision = i.revision + (i.transition is not null)::integer,
      snapshot = i.snapshot,
      output = i.output,
      error = i.error,
      steps_opened = coalesce(t.steps_opened, 0) + coalesce(jsonb_array_length(i.open_steps), 0),
      woken_at = pawl.clock(),
      updated_at = pawl.clock(),
      finished_at = case when i.status in ('succeeded', 'failed', 'cancelled') then pawl.clock() end
  from unnest(write_tasks.items) as i
  where i.answer = 'accepted'
    and t.task_id = i.task_id
    and t.task_id between v_first and v_last;
  if cardinality(v_started) > 0 then
    perform pawl.start_clocks(v_started);
  end if;
end
$$;
comment on function pawl.write_tasks(pawl.commit_item[]) is 'private: moves the task rows to where their diaries now say.';
