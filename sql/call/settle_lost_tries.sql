-- Tries still open under this key belong to attempts that are over: nobody knows what became of
-- them.  True when some try may have happened and nobody has found out since that it did not.
create or replace function pawl.settle_lost_tries(call jsonb, call_key text)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_id uuid := (call ->> 'task_id')::uuid;
begin
  perform pawl.settle_tool_call(jsonb_build_object(
    'task_id', c.task_id, 'call_no', c.call_no, 'outcome', 'unknown',
    'error', jsonb_build_object('message', 'the worker was lost before the answer came')
  ))
  from pawl.tool_calls as c
  where c.task_id = v_task_id
    and c.call_key = settle_lost_tries.call_key
    and c.settled_at is null;
  return exists (
    select from pawl.tool_calls as c
    where c.task_id = v_task_id
      and c.call_key = settle_lost_tries.call_key
      and c.outcome = 'unknown'
      and c.purpose = call ->> 'purpose'
      and not exists (
        select from pawl.tool_calls as r
        where r.task_id = v_task_id
          and r.purpose = 'reconcile'
          and r.call_key = pawl.call_key(call || '{"purpose": "reconcile"}')
          and r.call_no > c.call_no
          and r.outcome = 'empty'
      )
  );
end
$$;
comment on function pawl.settle_lost_tries(jsonb, text) is
  'private: marks open tries of this call as unknown; true when any try is unknown.';
