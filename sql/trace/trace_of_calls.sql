create or replace function pawl.trace_of_calls(task_id uuid)
returns table (
  at timestamptz, rank integer, kind text, step_no integer, no bigint, title text, outcome text,
  latency_ms integer, tokens bigint, cost_microusd bigint, plan_no integer, detail jsonb
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select
    coalesce(c.settled_at, c.intended_at), 2, 'tool_call', c.step_no, c.call_no::bigint,
    c.tool || case when c.purpose <> 'act' then ' (' || c.purpose || ')' else '' end,
    coalesce(c.outcome, 'in flight'), c.latency_ms, null, null, c.plan_no,
    jsonb_build_object(
      'act_no', c.act_no, 'ordinal', c.ordinal, 'try_no', c.try_no, 'call_key', c.call_key,
      'class', c.class, 'consequential', c.consequential, 'approval', c.approval,
      'request', pawl.whole(c.task_id, c.request), 'answer', pawl.whole(c.task_id, c.answer),
      'error', c.error, 'intended_at', c.intended_at
    )
  from pawl.tool_calls as c
  where c.task_id = trace_of_calls.task_id
  union all
  select
    coalesce(c.settled_at, c.intended_at), 2, 'model_call', c.step_no, c.call_no::bigint,
    c.purpose || ' (' || c.model || ', ' || c.voice || ')', coalesce(c.outcome, 'in flight'), c.latency_ms,
    c.input_tokens + c.output_tokens + c.cache_read_tokens + c.cache_write_5m_tokens + c.cache_write_1h_tokens,
    c.cost_microusd, null,
    jsonb_build_object(
      'act_no', c.act_no, 'try_no', c.try_no, 'tier', c.tier, 'stop_reason', c.stop_reason,
      'request', pawl.whole(c.task_id, c.request), 'answer', pawl.whole(c.task_id, c.answer),
      'error', c.error, 'request_id', c.request_id, 'reserved_microusd', c.reserved_microusd,
      'intended_at', c.intended_at
    )
  from pawl.model_calls as c
  where c.task_id = trace_of_calls.task_id
$$;
comment on function pawl.trace_of_calls(uuid) is 'private: the tool and model calls of pawl.trace.';
