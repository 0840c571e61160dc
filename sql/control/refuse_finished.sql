create or replace function pawl.refuse_finished(task pawl.tasks)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
begin
  if task.finished_at is not null then
    raise exception using
      errcode = 'PW205',
      message = format('the task is over: it %s', case task.status
        when 'cancelled' then 'was cancelled' else task.status end),
      hint = case when task.status = 'succeeded' then '' else 'pawl.retry_task lets one that was stopped by an error go on. ' end
        || format('select pawl.fork_task(%L, revision) begins a new one where this one once stood.', task.task_id);
  end if;
end
$$;
comment on function pawl.refuse_finished(pawl.tasks) is 'private: refuses a task that is over, with PW205.';
