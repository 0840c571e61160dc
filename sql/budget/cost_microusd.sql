-- Rounds up: better to promise a millionth too much than to spend one too many.
create or replace function pawl.cost_microusd(price pawl.prices, usage jsonb)
returns bigint
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select ceil((
    coalesce((usage ->> 'input_tokens')::numeric, 0) * price.input_microusd_per_mtok
    + coalesce((usage ->> 'output_tokens')::numeric, 0) * price.output_microusd_per_mtok
    + coalesce((usage ->> 'cache_read_input_tokens')::numeric, 0) * price.cache_read_microusd_per_mtok
    + coalesce((usage ->> 'cache_write_5m_input_tokens')::numeric, 0) * price.cache_write_5m_microusd_per_mtok
    + coalesce((usage ->> 'cache_write_1h_input_tokens')::numeric, 0) * price.cache_write_1h_microusd_per_mtok
  ) / 1000000)::bigint
$$;
comment on function pawl.cost_microusd(pawl.prices, jsonb) is
  'What a usage costs at a price, in whole micro-dollars, rounded up. usage: input_tokens, output_tokens, cache_read_input_tokens, cache_write_5m_input_tokens, cache_write_1h_input_tokens.';
