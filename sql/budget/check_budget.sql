create or replace function pawl.check_budget(budget jsonb)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_wrong text := pawl.budget_refusal(check_budget.budget);
begin
  if v_wrong is not null then
    raise exception using
      errcode = 'PW105',
      message = 'the budget is wrong: ' || v_wrong,
      hint = 'micro-dollars: 5 USD = 5000000. Keys: microusd, tokens, tool_calls, model_calls, '
        || 'replans, wall_clock_ms (whole numbers above zero) and pool (the name of a pool).';
  end if;
end
$$;
comment on function pawl.check_budget(jsonb) is 'Refuses a budget that is wrong with PW105.';
