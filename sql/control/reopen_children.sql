-- The same of its children.  Who goes on answers the same step, with what its parent has left.  Else
-- another begins: of a child that was refused only the step's error says what it was to be.
create or replace function pawl.reopen_children(task pawl.tasks, retried pawl.tasks[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_child record;
begin
  for v_child in
    select
      s.step_no, s.child_task_id, coalesce(c.machine, s.error ->> 'machine') as machine,
      r.task_id is not null as goes_on, r.finished_at is not null as had_ended
    from pawl.steps as s
    left join pawl.tasks as c on c.task_id = s.child_task_id
    left join unnest(reopen_children.retried) as r on r.task_id = s.child_task_id
    where s.task_id = task.task_id
      and s.delivered_revision = task.revision
      and s.status in ('failed', 'stopped')
      and s.kind = 'child'
    order by s.step_no
  loop
    update pawl.steps as s
    set status = 'open',
        child_task_id = case when v_child.goes_on then s.child_task_id end,
        error = null,
        delivered_revision = null,
        closed_at = null
    where s.task_id = task.task_id
      and s.step_no = v_child.step_no;
    if not v_child.goes_on then
      perform pawl.start_child(task.task_id, v_child.step_no, v_child.machine);
    elsif v_child.had_ended then
      perform pawl.carve_budget(task.task_id, v_child.child_task_id);
    end if;
  end loop;
end
$$;
comment on function pawl.reopen_children(pawl.tasks, pawl.tasks[]) is
  'private: opens the steps of children again that ended when this task was stopped: those retried with it answer them, others begin anew.';
