-- Only an error that nobody caught leaves a task where it can go on: what its machine or a person
-- ended stays ended.
create or replace function pawl.refuse_retry(task pawl.tasks)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_event text;
begin
  select e.event into v_event
  from pawl.transitions as e
  where e.task_id = task.task_id
    and e.revision = task.revision;
  if task.status = 'failed' and v_event = 'pawl.stopped' and task.parent_task_id is null then
    return;
  end if;
  raise exception using
    errcode = 'PW206',
    message = case
      when task.finished_at is null then format('the task has not failed: it is %s', task.status)
      when task.parent_task_id is not null then 'it is a child task, and its parent has its answer'
      when task.status = 'failed' then format('the task was not stopped by an error: its machine ended in %s', task.state)
      else 'the task has not failed: it ' || replace(task.status, 'cancelled', 'was cancelled')
    end,
    hint = case
      when task.status = 'paused' then format('select pawl.resume_task(%L);', task.task_id)
      when task.finished_at is null then 'It goes on by itself.'
      when task.parent_task_id is not null then format('select pawl.retry_task(%L);', task.parent_task_id)
      else format('select pawl.fork_task(%L, revision) begins a new one where this one once stood.', task.task_id)
    end;
end
$$;
comment on function pawl.refuse_retry(pawl.tasks) is
  'private: refuses to retry a task that no error has stopped, with PW206.';
