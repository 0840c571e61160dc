-- Whatever came back is priced at the band its real prompt fell into.  No answer at all may have
-- been billed: it is charged at what was promised.
create or replace function pawl.settle_model_call(settled jsonb)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_call pawl.model_calls;
  v_usage jsonb := coalesce(nullif(settled -> 'usage', 'null'), '{}');
  v_unknown boolean := settled ->> 'outcome' = 'unknown';
  v_answer jsonb := nullif(settled -> 'value', 'null');
  v_input bigint := pawl.prompt_tokens(v_usage);
  v_price pawl.prices;
  v_cost bigint;
begin
  select c.* into v_call
  from pawl.model_calls as c
  where c.task_id = (settled ->> 'task_id')::uuid
    and c.call_no = (settled ->> 'call_no')::integer
    and c.settled_at is null
  for no key update;
  if not found then
    return false;
  end if;
  v_price := pawl.price_of(v_call.model, v_input, v_call.intended_at);
  v_cost := case when v_unknown then v_call.reserved_microusd else pawl.cost_microusd(v_price, v_usage) end;
  update pawl.model_calls as c
  set outcome = settled ->> 'outcome',
      stop_reason = settled ->> 'stop_reason',
      answer = pawl.keep(c.task_id, v_answer),
      answer_hash = pawl.json_hash(v_answer),
      error = nullif(settled -> 'error', 'null'),
      request_id = settled ->> 'request_id',
      latency_ms = (settled ->> 'latency_ms')::integer,
      cleaned = coalesce((settled ->> 'cleaned')::boolean, false),
      input_tokens = coalesce((v_usage ->> 'input_tokens')::bigint, 0),
      output_tokens = coalesce((v_usage ->> 'output_tokens')::bigint, 0),
      cache_read_tokens = coalesce((v_usage ->> 'cache_read_input_tokens')::bigint, 0),
      cache_write_5m_tokens = coalesce((v_usage ->> 'cache_write_5m_input_tokens')::bigint, 0),
      cache_write_1h_tokens = coalesce((v_usage ->> 'cache_write_1h_input_tokens')::bigint, 0),
      cost_microusd = v_cost,
      price_valid_from = v_price.valid_from,
      price_band = v_price.band_from_tokens,
      settled_at = pawl.clock()
  where c.task_id = v_call.task_id
    and c.call_no = v_call.call_no;
  perform pawl.settle(
    v_call.task_id, v_call.call_no, 'model', v_call.reserved_tokens,
    case when v_unknown then v_call.reserved_tokens
      else v_input + coalesce((v_usage ->> 'output_tokens')::bigint, 0) end,
    v_call.reserved_microusd, v_cost
  );
  return true;
end
$$;
comment on function pawl.settle_model_call(jsonb) is
  'Stores the outcome, tokens and cost of a model call and settles its budget. False when it was settled before.';
