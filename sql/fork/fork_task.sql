-- The past is only read: what the task had done by then is copied (nothing of it is paid for again),
-- and a worker rebuilds the state from the causes of its moves and opens anew what was open then
-- (pawl.carry_answers).
create or replace function pawl.fork_task(task_id uuid, revision bigint, reason text default null)
returns uuid
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks;
  v_at timestamptz;
  v_fork_id uuid := pawl.new_task_id();
  v_had_begun boolean;
begin
  select t.* into v_task from pawl.tasks as t where t.task_id = fork_task.task_id;
  v_at := pawl.check_fork(v_task, fork_task.task_id, fork_task.revision);
  v_had_begun := exists (
    select from pawl.transitions as e
    where e.task_id = v_task.task_id
      and e.revision <= fork_task.revision
      and e.event in ('pawl.started', 'pawl.forked')
  );
  if v_task.forked_from_task_id is not null and not v_had_begun and exists (
    select from pawl.events as e
    where e.task_id = v_task.task_id
      and e.type = 'pawl.fork'
      and e.cause = 'engine'
  ) then
    -- A fork that had not begun stood where the other one's past leads, and not at the beginning.
    return pawl.fork_task(v_task.forked_from_task_id, v_task.forked_from_revision, reason);
  end if;
  insert into pawl.forks (task_id, from_task_id, from_revision, reason, asked_by, created_at)
  values (v_fork_id, v_task.task_id, fork_task.revision, reason, session_user, pawl.clock());
  insert into pawl.tasks (
    task_id, machine, input, priority, labels, budget, forked_from_task_id, forked_from_revision
  )
  values (
    v_fork_id, v_task.machine, v_task.input, v_task.priority, v_task.labels, v_task.budget,
    v_task.task_id, fork_task.revision
  );
  perform pawl.carry_caps(v_task.task_id, v_fork_id);
  perform pawl.carry_events(v_task.task_id, v_fork_id, fork_task.revision);
  if not v_had_begun then
    return v_fork_id; -- It had not begun then, and begins like any other.
  end if;
  perform pawl.carry_steps(v_task.task_id, v_fork_id, fork_task.revision);
  perform pawl.carry_plans(v_task.task_id, v_fork_id);
  perform pawl.carry_reviews(v_task.task_id, v_fork_id, fork_task.revision);
  perform pawl.carry_envelopes(v_task.task_id, v_fork_id, v_at);
  perform pawl.carry_calls(v_task.task_id, v_fork_id, s.step_nos, s.step_nos)
  from (select array_agg(c.step_no) as step_nos from pawl.steps as c where c.task_id = v_fork_id) as s;
  perform pawl.start_clocks(array[v_fork_id]);
  update pawl.timers as m
  set fire_at = 'infinity'
  where m.task_id = v_fork_id
    and m.timer_id = 'pawl.deadline'
    and exists (select from pawl.reviews as r where r.task_id = v_fork_id and r.status = 'waiting');
  perform pawl.put_event(v_fork_id, 'engine', jsonb_strip_nulls(jsonb_build_object(
    'type', 'pawl.fork', 'task_id', v_task.task_id, 'revision', fork_task.revision, 'reason', reason
  )));
  return v_fork_id;
end
$$;
comment on function pawl.fork_task(uuid, bigint, text) is
  'Begins a new task where this one stood at that revision, with the events that waited when it left it and its caps of now, and returns its id; the old one stays as it is. PW207, PW208, PW003 where that cannot be.';
