-- The same steps run again under their old numbers, so calls that were answered give their answers
-- and nobody is charged twice.  So it is for the children that were stopped, under their old ids.
create or replace function pawl.retry_task(task_id uuid, reason text default null)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ids uuid[];
  v_tasks pawl.tasks[];
  v_task pawl.tasks := pawl.task_to_control(task_id);
begin
  perform pawl.refuse_retry(v_task);
  v_ids := array[retry_task.task_id] || pawl.lock_below(retry_task.task_id, stopped => true);
  v_tasks := array(
    select t
    from unnest(v_ids) with ordinality as i (task_id, nth)
    join pawl.tasks as t using (task_id)
    order by i.nth
  );
  perform pawl.refuse_dropped(t) from unnest(v_tasks) as t;
  foreach v_task in array v_tasks loop
    perform pawl.go_on_retried(v_task, retry_task.task_id, retry_task.reason);
  end loop;
  foreach v_task in array v_tasks loop
    continue when v_task.finished_at is null;
    perform pawl.reopen_children(v_task, v_tasks);
  end loop;
  perform pawl.wake_tasks(v_ids);
end
$$;
comment on function pawl.retry_task(uuid, text) is
  'Lets a task that was stopped by an error go on from the step that failed, and with it the children that were stopped. PW206 where no error stopped it.';
