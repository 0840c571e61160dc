-- Nothing waits for an action, so its end moves no task, and its task may have ended before.  What
-- fails for good is a person's to judge.
create or replace function pawl.end_action(
  task_id   uuid,
  step_no   integer,
  attempt   integer,
  status    text,
  output    jsonb,
  error     jsonb
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
  set outcome = end_action.status,
      error = end_action.error,
      finished_at = pawl.clock()
  where a.task_id = end_action.task_id
    and a.step_no = end_action.step_no
    and a.attempt = end_action.attempt
    and a.finished_at is null;
  if not found then
    return false;
  end if;
  update pawl.steps as s
  set status = end_action.status,
      output = end_action.output,
      error = end_action.error,
      delivered_revision = s.opened_revision,
      closed_at = pawl.clock()
  where s.task_id = end_action.task_id
    and s.step_no = end_action.step_no
    and s.status = 'open';
  if end_action.status = 'failed' then
    perform pawl.ask_about_action(end_action.task_id, end_action.step_no);
  end if;
  return true;
end
$$;
comment on function pawl.end_action(uuid, integer, integer, text, jsonb, jsonb) is
  'Ends an action (succeeded or failed); false when the attempt was over already, null while somebody else holds the task''s row. A failed one becomes a review.';
