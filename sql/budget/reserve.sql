-- Promise the worst case, or say which cap stands in the way (null: promised).  The budget's row
-- lock makes check and promise one; then the pool's.
-- Whoever stops or buries the step waits for its call: a person's open transaction about the pool is
-- waited for a second at a time (55P03, and the worker asks again), so it holds nobody else up.
create or replace function pawl.reserve(
  task_id uuid, tokens bigint, microusd bigint, tool_calls bigint, model_calls bigint
)
returns text
language plpgsql
security definer
set search_path = pawl, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_budget pawl.budgets;
  v_pool pawl.budget_pools;
begin
  select b.* into v_budget
  from pawl.budgets as b
  where b.task_id = reserve.task_id
  for no key update;
  if v_budget.deadline_at <= pawl.clock() and pawl.is_out_of_time(v_budget) then
    return 'wall_clock_ms';
  elsif v_budget.spent_tokens + v_budget.overrun_tokens + v_budget.reserved_tokens + tokens > v_budget.cap_tokens then
    return 'tokens';
  elsif v_budget.spent_microusd + v_budget.overrun_microusd + v_budget.reserved_microusd + microusd
    > v_budget.cap_microusd then
    return 'microusd';
  elsif v_budget.spent_tool_calls + v_budget.reserved_tool_calls + tool_calls > v_budget.cap_tool_calls then
    return 'tool_calls';
  elsif v_budget.spent_model_calls + v_budget.reserved_model_calls + model_calls > v_budget.cap_model_calls then
    return 'model_calls';
  end if;
  if v_budget.pool is not null and microusd > 0 then
    select p.* into v_pool
    from pawl.budget_pools as p
    where p.pool = v_budget.pool
    for no key update;
    if v_pool.spent_microusd + v_pool.overrun_microusd + v_pool.reserved_microusd + microusd
      > v_pool.cap_microusd then
      return 'pool';
    end if;
    update pawl.budget_pools as p
    set reserved_microusd = p.reserved_microusd + reserve.microusd
    where p.pool = v_budget.pool;
  end if;
  update pawl.budgets as b
  set reserved_tokens = b.reserved_tokens + reserve.tokens,
      reserved_microusd = b.reserved_microusd + reserve.microusd,
      reserved_tool_calls = b.reserved_tool_calls + reserve.tool_calls,
      reserved_model_calls = b.reserved_model_calls + reserve.model_calls
  where b.task_id = reserve.task_id;
  return null;
end
$$;
comment on function pawl.reserve(uuid, bigint, bigint, bigint, bigint) is
  'private: promises the worst case of a call to its budget and pool; returns the cap that stands in the way, or null.';
