-- Whether a child could go on, and what it had done, is known no more: another might do it again.
create or replace function pawl.refuse_dropped(task pawl.tasks)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_step_no integer;
begin
  select min(s.step_no) into v_step_no
  from pawl.steps as s
  where s.task_id = task.task_id
    and s.delivered_revision = task.revision
    and s.status in ('failed', 'stopped')
    and s.child_task_id is not null
    and not exists (select from pawl.tasks as c where c.task_id = s.child_task_id);
  if v_step_no is not null then
    raise exception using
      errcode = 'PW206',
      message = format('the child task of step %s was dropped with its month, and with it what it had done',
        v_step_no),
      hint = format('select pawl.fork_task(%L, revision) begins a new one where this one once stood.', task.task_id);
  end if;
end
$$;
comment on function pawl.refuse_dropped(pawl.tasks) is
  'private: refuses to retry a task whose child is no more, with PW206.';
