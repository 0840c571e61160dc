-- A step that is retried asks again what was refused for good when it failed; else retrying it could
-- not help.  But only the last thing it asked: whatever came after a failure followed from it.
create or replace function pawl.failure_stands(call pawl.tool_calls)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select not exists (
    select from pawl.steps as s
    where s.task_id = call.task_id
      and s.step_no = call.step_no
      and s.retried_attempts >= call.attempt
  )
  or exists (
    select from pawl.tool_calls as c
    where c.task_id = call.task_id
      and c.step_no = call.step_no
      and c.position > call.position
  )
  or exists (
    select from pawl.model_calls as c
    where c.task_id = call.task_id
      and c.step_no = call.step_no
      and c.position > call.position
  )
$$;
comment on function pawl.failure_stands(pawl.tool_calls) is
  'private: whether a call that failed for good is answered with that failure again.';
