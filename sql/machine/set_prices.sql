create or replace function pawl.set_prices(prices jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.prices
  select p.*
  from jsonb_populate_recordset(null::pawl.prices, set_prices.prices) as p
  on conflict on constraint prices_pk do nothing
$$;
comment on function pawl.set_prices(jsonb) is
  'Adds dated prices to the price book; a price that is there stays as it is.';
