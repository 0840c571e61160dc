-- The truth replaces the promise: at most what was reserved goes into spent, the rest to overrun.
-- A pool that somebody holds is waited for as in pawl.reserve.
create or replace function pawl.settle(
  task_id uuid, call_no integer, kind text,
  reserved_tokens bigint, tokens bigint, reserved_microusd bigint, microusd bigint
)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_tool integer := (kind = 'tool')::integer;
  v_model integer := (kind = 'model')::integer;
  v_tokens bigint := least(tokens, reserved_tokens);
  v_microusd bigint := least(microusd, reserved_microusd);
begin
  update pawl.budgets as b
  set reserved_tokens = b.reserved_tokens - settle.reserved_tokens,
      spent_tokens = b.spent_tokens + v_tokens,
      overrun_tokens = b.overrun_tokens + tokens - v_tokens,
      reserved_microusd = b.reserved_microusd - settle.reserved_microusd,
      spent_microusd = b.spent_microusd + v_microusd,
      overrun_microusd = b.overrun_microusd + microusd - v_microusd,
      reserved_tool_calls = b.reserved_tool_calls - v_tool,
      spent_tool_calls = b.spent_tool_calls + v_tool,
      reserved_model_calls = b.reserved_model_calls - v_model,
      spent_model_calls = b.spent_model_calls + v_model
  where b.task_id = settle.task_id;
  update pawl.budget_pools as p
  set reserved_microusd = p.reserved_microusd - settle.reserved_microusd,
      spent_microusd = p.spent_microusd + v_microusd,
      overrun_microusd = p.overrun_microusd + microusd - v_microusd
  from pawl.budgets as b
  where b.task_id = settle.task_id
    and p.pool = b.pool
    and (settle.reserved_microusd > 0 or microusd > 0);
  perform pawl.write_ledger(settle.task_id, settle.call_no, 'settle', jsonb_build_array(
    jsonb_build_object('dimension', 'tokens', 'reserved', -settle.reserved_tokens,
      'spent', v_tokens, 'overrun', tokens - v_tokens),
    jsonb_build_object('dimension', 'microusd', 'reserved', -settle.reserved_microusd,
      'spent', v_microusd, 'overrun', microusd - v_microusd),
    jsonb_build_object('dimension', 'tool_calls', 'reserved', -v_tool, 'spent', v_tool),
    jsonb_build_object('dimension', 'model_calls', 'reserved', -v_model, 'spent', v_model)
  ));
end
$$;
comment on function pawl.settle(uuid, integer, text, bigint, bigint, bigint, bigint) is
  'private: settles what was promised for a call to what it took.';
