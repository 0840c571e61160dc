-- What comes to the wall clock comes to the deadline, whose timer may have fired long ago.  A clock
-- that stands still is set going by the decision, the resumption or the retry, and one of a task
-- that has not begun by its first move.
create or replace function pawl.extend_deadline(task pawl.tasks, wall_clock_ms bigint)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_since timestamptz := pawl.stands_since(task);
  v_added_ms bigint;
begin
  select greatest(extend_deadline.wall_clock_ms - coalesce(b.wall_clock_ms, 0), 0) into v_added_ms
  from pawl.budgets as b
  where b.task_id = task.task_id
  for no key update;
  update pawl.budgets as b
  set wall_clock_ms = extend_deadline.wall_clock_ms,
      deadline_at = case when b.deadline_at is not null or task.state <> '(new)' then
        coalesce(b.deadline_at, v_since, pawl.clock()) + v_added_ms * interval '1 millisecond'
      end
  where b.task_id = task.task_id;
  if v_added_ms = 0 then
    return;
  end if;
  perform pawl.forget_deadline(task.task_id);
  insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision, left_ms)
  select
    b.task_id, 'pawl.deadline',
    case when v_since is null and task.finished_at is null then b.deadline_at else 'infinity' end,
    '{"type": "pawl.deadline"}', task.revision,
    case when task.finished_at is not null then v_added_ms end
  from pawl.budgets as b
  join pawl.machines as k on k.machine_id = task.machine_id
  where b.task_id = task.task_id
    and b.deadline_at is not null
    and 'pawl.deadline' = any (k.takes)
    and (task.finished_at is null or exists (
      select from pawl.transitions as e
      where e.task_id = task.task_id
        and e.revision = task.revision
        and e.event = 'pawl.stopped'
    ))
  on conflict on constraint timers_pk do update
  set fire_at = excluded.fire_at,
      left_ms = timers.left_ms + excluded.left_ms;
end
$$;
comment on function pawl.extend_deadline(pawl.tasks, bigint) is
  'private: sets a task''s wall clock; the deadline and its timer move on by what is added, and are set where there are none.';
