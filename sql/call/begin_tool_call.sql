-- The intent, committed before anything is sent.  Answers:
--   answered   this call has its answer already: here it is
--   send       go: with this key, these arguments (the stored ones, not the worker's memory);
--              doubt = an earlier try may have happened
--   reconcile  an earlier try may have happened and the tool can be asked: ask first
--   refused    a budget or a missing approval stands in the way
create or replace function pawl.begin_tool_call(call jsonb)
returns jsonb
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task_id uuid := (call ->> 'task_id')::uuid;
  v_key text := pawl.call_key(call);
  v_envelope pawl.envelopes;
  v_planned boolean;
  v_request jsonb := call -> 'request';
  v_answer jsonb;
  v_doubt boolean;
  v_approval jsonb;
  v_refused text;
  v_call pawl.tool_calls;
begin
  perform pawl.check_attempt(call);
  select t.planned into v_planned from pawl.tasks as t where t.task_id = v_task_id;
  if call ->> 'envelope_no' is not null then
    select e.* into v_envelope
    from pawl.envelopes as e
    where e.task_id = v_task_id
      and e.act_no = (call ->> 'act_no')::integer
      and e.envelope_no = (call ->> 'envelope_no')::integer;
    v_request := coalesce(v_envelope.args, v_request);
    v_refused := case when v_envelope.hash is null then 'not_approved' end;
  end if;
  perform pawl.check_same_request(call, v_request);
  v_doubt := pawl.settle_lost_tries(call, v_key);
  v_answer := pawl.stored_answer(call, v_key);
  if v_answer is not null then
    return v_answer;
  elsif v_doubt and call ->> 'class' = 'B' and call ->> 'purpose' = 'act' then
    return jsonb_build_object('answer', 'reconcile', 'call_key', v_key, 'request', v_request);
  end if;
  if v_planned and (call ->> 'consequential')::boolean and call ->> 'purpose' = 'act' then
    v_approval := case when pawl.envelope_holds(v_envelope, call) then pawl.approval_of(v_envelope) end;
    v_refused := case when v_approval is null then 'not_approved' end;
  end if;
  v_refused := coalesce(v_refused, pawl.reserve(v_task_id, 0, 0, 1, 0));
  v_call := pawl.write_tool_call(call, v_key, v_planned, v_request, v_approval, v_refused);
  if v_refused is not null then
    return jsonb_build_object('answer', 'refused', 'reason', v_refused, 'call_no', v_call.call_no);
  end if;
  return jsonb_build_object(
    'answer', 'send', 'call_no', v_call.call_no, 'try_no', v_call.try_no, 'call_key', v_key,
    'request', v_request, 'doubt', v_doubt
  );
end
$$;
comment on function pawl.begin_tool_call(jsonb) is
  'Commits the intent of a tool call: key, request, reservation. Answers answered, send, reconcile or refused.';
