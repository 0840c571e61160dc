-- The same steps run again under their old numbers, so calls that were answered give their answers
-- and nobody is charged twice.
create or replace function pawl.retry_task(task_id uuid, reason text default null)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
  v_edge_no integer;
begin
  perform pawl.refuse_retry(v_task);
  v_edge_no := pawl.engine_edge(v_task, 'pawl.retried');
  insert into pawl.transitions (
    task_id, revision, cause, cause_no, event, machine_id, edge_no, from_state, to_state,
    commit_id, created_at
  )
  values (
    v_task.task_id, v_task.revision + 1, 'engine',
    pawl.note_control(v_task, 'pawl.retried', retry_task.reason), 'pawl.retried',
    v_task.machine_id, v_edge_no, v_task.state, v_task.state, gen_random_uuid(), pawl.clock()
  );
  update pawl.tasks as t
  set status = 'ready',
      revision = v_task.revision + 1,
      error = null,
      finished_at = null,
      woken_at = pawl.clock(),
      updated_at = pawl.clock()
  where t.task_id = retry_task.task_id;
  perform pawl.give_back_cause(v_task);
  perform pawl.reopen_steps(v_task);
  perform pawl.wake_timers(v_task);
  perform pawl.wake_tasks(array[retry_task.task_id]);
end
$$;
comment on function pawl.retry_task(uuid, text) is
  'Lets a task that was stopped by an error go on from the step that failed. PW206 where no error stopped it.';
