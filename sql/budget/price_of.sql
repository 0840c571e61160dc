create or replace function pawl.price_of(model text, prompt_tokens bigint, at timestamptz default null)
returns pawl.prices
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select p.*
  from pawl.prices as p
  where p.model = price_of.model
    and p.valid_from <= coalesce(price_of.at, pawl.clock())
    and p.band_from_tokens <= price_of.prompt_tokens
  order by p.valid_from desc, p.band_from_tokens desc
  limit 1
$$;
comment on function pawl.price_of(text, bigint, timestamptz) is
  'The price that holds for a model, a prompt size (all input tokens) and a time (null: now); null when unknown.';
