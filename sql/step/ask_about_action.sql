create or replace function pawl.ask_about_action(task_id uuid, step_no integer)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_step pawl.steps;
begin
  select s.* into v_step
  from pawl.steps as s
  where s.task_id = ask_about_action.task_id
    and s.step_no = ask_about_action.step_no
    and s.kind = 'action'
    and s.status = 'failed';
  if not found then
    return;
  end if;
  insert into pawl.reviews (
    task_id, review_no, kind, question, context, choices, step_no, status, opened_at
  )
  select
    v_step.task_id, coalesce(max(r.review_no), 0) + 1, 'escalation',
    format('The action %s failed after %s attempts: %s. Is it to be tried again?', v_step.src,
      v_step.attempts, left(coalesce(v_step.error ->> 'message', v_step.error::text), 500)),
    jsonb_build_object('action', v_step.src, 'params', v_step.input, 'error', v_step.error),
    '{approve,reject}', v_step.step_no, 'waiting', pawl.clock()
  from pawl.reviews as r
  where r.task_id = v_step.task_id;
end
$$;
comment on function pawl.ask_about_action(uuid, integer) is
  'private: asks people about an action that failed for good; approve tries it again, reject lets it be.';
