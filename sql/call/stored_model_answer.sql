create or replace function pawl.stored_model_answer(call jsonb)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select jsonb_build_object(
    'answer', 'answered', 'call_no', c.call_no, 'outcome', c.outcome,
    'value', pawl.whole(c.task_id, c.answer), 'error', c.error
  )
  from pawl.model_calls as c
  where c.task_id = (call ->> 'task_id')::uuid
    and c.step_no = (call ->> 'step_no')::integer
    and c.position = (call ->> 'position')::integer
    and c.outcome = 'found'
  order by c.try_no
  limit 1
$$;
comment on function pawl.stored_model_answer(jsonb) is 'private: the answer this model call already has, or null.';
