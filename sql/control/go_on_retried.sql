-- A child that was let go and has not looked at it yet never hears of it, and whatever its worker is
-- about to write comes too late for this revision.
create or replace function pawl.go_on_retried(task pawl.tasks, with_task_id uuid, reason text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.transitions (
    task_id, revision, cause, cause_no, event, machine_id, edge_no, from_state, to_state,
    commit_id, created_at
  )
  values (
    task.task_id, task.revision + 1, 'engine',
    pawl.note_control(task, 'pawl.retried', go_on_retried.reason,
      nullif(go_on_retried.with_task_id, task.task_id)),
    'pawl.retried', task.machine_id, pawl.engine_edge(task, 'pawl.retried'), task.state, task.state,
    gen_random_uuid(), pawl.clock()
  );
  update pawl.tasks as t
  set status = case when task.status = 'paused' then 'paused' else 'ready' end,
      revision = task.revision + 1,
      error = null,
      finished_at = null,
      woken_at = pawl.clock(),
      updated_at = pawl.clock()
  where t.task_id = task.task_id;
  if task.finished_at is null then
    update pawl.events as e
    set consumed_revision = task.revision
    where e.task_id = task.task_id
      and e.type = 'pawl.cancel'
      and e.sent_by = task.parent_task_id::text
      and e.consumed_revision is null;
  else
    perform pawl.give_back_cause(task);
    perform pawl.reopen_steps(task);
    perform pawl.wake_timers(task);
  end if;
end
$$;
comment on function pawl.go_on_retried(pawl.tasks, uuid, text) is
  'private: lets one task go on from where it was stopped, because of itself or with one above it.';
