create or replace function pawl.prompt_tokens(usage jsonb)
returns bigint
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select coalesce((usage ->> 'input_tokens')::bigint, 0)
    + coalesce((usage ->> 'cache_read_input_tokens')::bigint, 0)
    + coalesce((usage ->> 'cache_write_5m_input_tokens')::bigint, 0)
    + coalesce((usage ->> 'cache_write_1h_input_tokens')::bigint, 0)
$$;
comment on function pawl.prompt_tokens(jsonb) is
  'All input tokens of a usage: what was sent new, read from the cache and written to it.';
