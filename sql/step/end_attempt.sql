-- An attempt ends and its step stays open: parked (it waits, and counts against nothing), failed
-- (it is tried again after a pause) or handed back.
create or replace function pawl.end_attempt(
  task_id   uuid,
  step_no   integer,
  attempt   integer,
  outcome   text,
  delay_ms  bigint,
  error     jsonb default null
)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  if not pawl.lock_task(task_id) then
    return null;
  end if;
  update pawl.attempts as a
  set outcome = end_attempt.outcome,
      error = end_attempt.error,
      finished_at = pawl.clock()
  where a.task_id = end_attempt.task_id
    and a.step_no = end_attempt.step_no
    and a.attempt = end_attempt.attempt
    and a.finished_at is null;
  if not found then
    return false;
  end if;
  if end_attempt.outcome = 'failed' and pawl.close_used_up(task_id, step_no, error) then
    perform pawl.wake_tasks(array[end_attempt.task_id]);
    return true;
  end if;
  update pawl.steps as s
  set losses = s.losses + (end_attempt.outcome in ('parked', 'handed_back'))::integer,
      wake_at = case when delay_ms > 0 then pawl.clock() + delay_ms * interval '1 millisecond' end,
      waits_for = case when delay_ms > 0 then 'retry' end
  where s.task_id = end_attempt.task_id
    and s.step_no = end_attempt.step_no
    and s.status = 'open';
  if delay_ms > 0 then
    insert into pawl.timers (task_id, timer_id, kind, fire_at, set_revision)
    select t.task_id, 'pawl.pause.' || step_no, 'pause', pawl.clock() + delay_ms * interval '1 millisecond', t.revision
    from pawl.tasks as t
    where t.task_id = end_attempt.task_id
    on conflict on constraint timers_pk do update set fire_at = excluded.fire_at;
    update pawl.tasks as t
    set status = 'waiting'
    where t.task_id = end_attempt.task_id
      and t.status = 'ready'
      and not exists (
        select from pawl.attempts as a
        where a.task_id = t.task_id and a.finished_at is null
      );
  else
    perform pawl.wake_tasks(array[end_attempt.task_id]);
  end if;
  return true;
end
$$;
comment on function pawl.end_attempt(uuid, integer, integer, text, bigint, jsonb) is
  'Ends an attempt (parked, failed or handed_back) and leaves its step open, to be tried after delay_ms milliseconds. False when it was over already; null while somebody else holds the task''s row.';
