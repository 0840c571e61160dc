-- As begin_tool_call, with the worst case in tokens and micro-dollars promised first.  A model
-- without a price is refused, and has no row either: a row says at which price it was reckoned.
create or replace function pawl.begin_model_call(call jsonb)
returns jsonb
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task_id uuid := (call ->> 'task_id')::uuid;
  v_prompt_tokens bigint := (call ->> 'input_tokens_max')::bigint;
  v_tokens bigint := v_prompt_tokens + (call ->> 'output_tokens_max')::bigint;
  v_price pawl.prices := pawl.price_of(call ->> 'model', v_prompt_tokens);
  v_answer jsonb;
  v_microusd bigint;
  v_refused text;
  v_call pawl.model_calls;
begin
  perform pawl.check_attempt(call);
  perform pawl.check_same_request(call, call -> 'request');
  v_answer := pawl.stored_model_answer(call);
  if v_answer is not null then
    return v_answer;
  end if;
  if v_price.model is null then
    return jsonb_build_object('answer', 'refused', 'reason', 'no_price', 'call_no', null);
  end if;
  perform pawl.settle_lost_answers(call);
  v_microusd := pawl.cost_microusd(v_price, jsonb_build_object(
    -- Only a prompt that asks for it is written to a cache, which costs more than reading it new.
    case when call ->> 'request' like '%"cache_control"%' then 'cache_write_1h_input_tokens' else 'input_tokens' end,
    v_prompt_tokens, 'output_tokens', call -> 'output_tokens_max'
  ));
  v_refused := pawl.reserve(v_task_id, v_tokens, v_microusd, 0, 1);
  v_call := pawl.write_model_call(call, v_price, v_tokens, v_microusd, v_refused);
  if v_refused is not null then
    return jsonb_build_object('answer', 'refused', 'reason', v_refused, 'call_no', v_call.call_no);
  end if;
  return jsonb_build_object(
    'answer', 'send', 'call_no', v_call.call_no, 'try_no', v_call.try_no, 'request', call -> 'request'
  );
end
$$;
comment on function pawl.begin_model_call(jsonb) is
  'Commits the intent of a model call and promises its worst case. Answers answered, send or refused.';
