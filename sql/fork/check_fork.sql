create or replace function pawl.check_fork(task pawl.tasks, task_id uuid, revision bigint)
returns timestamptz
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_at timestamptz;
  v_state text;
begin
  if task.task_id is null then
    raise exception using
      errcode = 'PW201',
      message = format('there is no task %s', check_fork.task_id),
      hint = 'select task_id, machine, status from pawl.tasks order by task_id desc limit 10;';
  end if;
  select e.created_at, e.to_state into v_at, v_state
  from pawl.transitions as e
  where e.task_id = task.task_id
    and e.revision = check_fork.revision;
  if not found then
    raise exception using
      errcode = 'PW207',
      message = format('the task has no revision %s', coalesce(check_fork.revision::text, 'null')),
      hint = format('It has 0 to %s: select revision, event, to_state from pawl.transitions where task_id = %L;',
        task.revision, task.task_id);
  end if;
  if exists (
    select from pawl.machine_states as s
    where s.machine_id = task.machine_id and s.state = v_state and s.final
  ) then
    raise exception using
      errcode = 'PW208',
      message = format('at revision %s the task had ended, in %s', check_fork.revision, v_state),
      hint = format('Fork it from an earlier one: at most %s.', check_fork.revision - 1);
  end if;
  if exists (
    select from pawl.transitions as e
    where e.task_id = task.task_id
      and e.revision <= check_fork.revision
      and e.machine_id <> task.machine_id
      and e.to_state <> '(new)'
  ) then
    raise exception using
      errcode = 'PW208',
      message = 'the task has come to another version of its machine since it began, and its past cannot be played again',
      hint = 'Submit a new task with the same input.';
  end if;
  if v_state <> '(new)' and not exists (
    select from pawl.machine_edges as m
    where m.machine_id = task.machine_id
      and m.from_state = '(new)'
      and m.event = 'pawl.forked'
      and m.to_state = v_state
  ) then
    raise exception using
      errcode = 'PW003',
      message = format('pawl.forked is not an edge of this chart to %s', v_state),
      hint = '`pawl register --app FILE` gives a machine registered by an older release its newer moves.';
  end if;
  return v_at;
end
$$;
comment on function pawl.check_fork(pawl.tasks, uuid, bigint) is
  'private: when the task was at that revision; PW201, PW207, PW208 or PW003 where no fork can begin there.';
