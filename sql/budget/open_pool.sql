create or replace function pawl.open_pool(pool text, cap_microusd bigint)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.check_budget(jsonb_build_object('microusd', open_pool.cap_microusd));
  insert into pawl.budget_pools (pool, cap_microusd, created_at)
  values (open_pool.pool, open_pool.cap_microusd, pawl.clock())
  on conflict on constraint budget_pools_pk do update set cap_microusd = excluded.cap_microusd
$$;
comment on function pawl.open_pool(text, bigint) is
  'Makes a budget that many tasks share, or sets its cap (micro-dollars; never below what is spent and promised).';
