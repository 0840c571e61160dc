-- An answer that stands: given to this step at this position; for a consequential act, found
-- under this key by any step (also by asking afterwards); for class C, that nobody knows.
-- A key is asked for as a range, and its calls in its order: to the planner the index by key would
-- be no better than any other that begins with the task, and a task may have thousands of calls.
create or replace function pawl.stored_answer(call jsonb, call_key text)
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
  from (
    values (stored_answer.call_key), (pawl.call_key(call || '{"purpose": "reconcile"}'))
  ) as k (key)
  cross join lateral (
    select t.*, t as whole
    from pawl.tool_calls as t
    where t.task_id = (call ->> 'task_id')::uuid
      and t.call_key between k.key and k.key
    order by t.call_key
  ) as c
  where c.purpose in (call ->> 'purpose', 'reconcile')
    and not (c.purpose = 'reconcile' and c.outcome is distinct from 'found')
    and (
      (c.step_no = (call ->> 'step_no')::integer
        and (c.outcome in ('found', 'empty')
          or (c.outcome = 'failed' and c.error -> 'retryable' = 'false' and pawl.failure_stands(c.whole))))
      or (c.consequential and c.outcome = 'found')
      or (c.class = 'C' and c.outcome = 'unknown')
    )
  order by c.call_no desc
  limit 1
$$;
comment on function pawl.stored_answer(jsonb, text) is 'private: the answer this tool call already has, or null.';
