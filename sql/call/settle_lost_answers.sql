create or replace function pawl.settle_lost_answers(call jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.settle_model_call(jsonb_build_object(
    'task_id', c.task_id, 'call_no', c.call_no, 'outcome', 'unknown',
    'error', jsonb_build_object('message', 'the worker was lost before the answer came')
  ))
  from pawl.model_calls as c
  where c.task_id = (call ->> 'task_id')::uuid
    and c.step_no = (call ->> 'step_no')::integer
    and c.position = (call ->> 'position')::integer
    and c.settled_at is null
$$;
comment on function pawl.settle_lost_answers(jsonb) is 'private: marks open tries of this model call as unknown.';
