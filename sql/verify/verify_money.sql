create or replace function pawl.verify_money()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  with counted as (
    select b.task_id, d.dimension, d.reserved, d.spent, d.overrun, d.cap
    from pawl.budgets as b
    cross join lateral (values
      ('tokens', b.reserved_tokens, b.spent_tokens, b.overrun_tokens, b.cap_tokens),
      ('microusd', b.reserved_microusd, b.spent_microusd, b.overrun_microusd, b.cap_microusd),
      ('tool_calls', b.reserved_tool_calls, b.spent_tool_calls, 0, b.cap_tool_calls),
      ('model_calls', b.reserved_model_calls, b.spent_model_calls, 0, b.cap_model_calls),
      ('replans', 0, b.spent_replans, 0, b.cap_replans)
    ) as d (dimension, reserved, spent, overrun, cap)
  ),
  summed as (
    select l.task_id, l.dimension, sum(l.reserved) as reserved, sum(l.spent) as spent, sum(l.overrun) as overrun
    from pawl.ledger as l
    group by l.task_id, l.dimension
  )
  select 13, c.task_id, format('%s: the ledger does not sum to the budget', c.dimension)
  from counted as c
  left join summed as s using (task_id, dimension)
  where (c.reserved, c.spent, c.overrun)
    is distinct from (coalesce(s.reserved, 0), coalesce(s.spent, 0), coalesce(s.overrun, 0))
  union all
  select 13, c.task_id, format('%s: spent and reserved are above the cap', c.dimension)
  from counted as c
  where c.spent + c.reserved > c.cap
  union all
  select 13, null, format('pool %s: the ledger does not sum to the pool', p.pool)
  from pawl.budget_pools as p
  left join (
    select l.pool, sum(l.reserved) as reserved, sum(l.spent) as spent, sum(l.overrun) as overrun
    from pawl.ledger as l
    where l.pool is not null
    group by l.pool
  ) as s using (pool)
  where (
    p.reserved_microusd,
    p.spent_microusd - p.dropped_spent_microusd,
    p.overrun_microusd - p.dropped_overrun_microusd
  ) is distinct from (coalesce(s.reserved, 0), coalesce(s.spent, 0), coalesce(s.overrun, 0))
  union all
  select 14, c.task_id, format('model call %s is not priced as it should be', c.call_no)
  from pawl.model_calls as c
  left join pawl.prices as p
    on p.model = c.model and p.valid_from = c.price_valid_from and p.band_from_tokens = c.price_band
  cross join lateral (select jsonb_build_object(
    'input_tokens', c.input_tokens, 'output_tokens', c.output_tokens,
    'cache_read_input_tokens', c.cache_read_tokens,
    'cache_write_5m_input_tokens', c.cache_write_5m_tokens,
    'cache_write_1h_input_tokens', c.cache_write_1h_tokens
  ) as tokens) as u
  where p.model is null
    or p.valid_from > c.intended_at
    or (c.outcome = 'unknown' and c.cost_microusd <> c.reserved_microusd)
    or (c.outcome in ('found', 'empty', 'failed') and (
      p.band_from_tokens > pawl.prompt_tokens(u.tokens)
      or c.cost_microusd <> pawl.cost_microusd(p, u.tokens)
    ))
$$;
comment on function pawl.verify_money() is 'private: laws 13 and 14, of budgets, pools and prices.';
