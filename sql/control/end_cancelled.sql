-- The engine's own move, made without a worker.  It goes through the one door, so all that an end
-- settles is settled there; what has been told of the cancellation before is taken by it.  All who
-- are to end with it are locked before the first does: one family after another would cross with
-- whoever locks several in the order of their ids.
create or replace function pawl.end_cancelled(task pawl.tasks, reason text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_event_no bigint;
  v_edge_no integer := pawl.engine_edge(task, 'pawl.cancelled');
  v_answer text;
begin
  perform pawl.lock_below(task.task_id);
  update pawl.tasks as t
  set status = 'ready'
  where t.task_id = task.task_id
    and t.status = 'paused';
  select min(e.event_no) into v_event_no
  from pawl.events as e
  where e.task_id = task.task_id
    and e.type = 'pawl.cancel'
    and e.consumed_revision is null;
  v_event_no := coalesce(v_event_no, pawl.note_control(task, 'pawl.cancel', reason));
  select c.answer into v_answer
  from pawl.commit(jsonb_build_array(jsonb_build_object(
    'item_no', 0, 'task_id', task.task_id, 'revision', task.revision,
    'commit_id', gen_random_uuid(), 'snapshot', task.snapshot,
    'state', task.state, 'status', 'cancelled',
    'stop_steps', pawl.steps_to_stop(task.task_id),
    'transition', jsonb_build_object('cause', 'engine', 'cause_no', v_event_no,
      'event', 'pawl.cancelled', 'edge_no', v_edge_no, 'to_state', task.state)
  ))) as c;
  if coalesce(v_answer, '') not in ('accepted', 'unclaimed') then
    raise exception using
      errcode = 'PW003',
      message = format('%s of task %s cannot be cancelled: %s', task.state, task.task_id, v_answer),
      hint = 'Try again; if it stays so, the database says why in its log.';
  end if;
  perform pawl.cancel_task(c.task_id, 'its parent was cancelled')
  from (
    select t.task_id
    from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.child_task_id
    where s.task_id = task.task_id
      and s.kind = 'child'
      and t.finished_at is null
    order by t.task_id
  ) as c;
end
$$;
comment on function pawl.end_cancelled(pawl.tasks, text) is
  'private: ends a task, and its children, as cancelled, where it stands.';
