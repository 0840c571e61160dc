-- What is wrong with a budget as asked, in one sentence; null when nothing is.  Numbers are read
-- as text first: JSON knows no NaN, but people write it as a string.
create or replace function pawl.budget_refusal(budget jsonb)
returns text
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_wall_clock_ms_max constant bigint := 315360000000;
  v_key text;
  v_value jsonb;
begin
  if budget is null or budget = 'null' then
    return null;
  end if;
  if jsonb_typeof(budget) <> 'object' then
    return 'the budget is not an object';
  end if;
  for v_key, v_value in select key, value from jsonb_each(budget) loop
    if v_key = 'pool' then
      if jsonb_typeof(v_value) <> 'string'
        or not exists (select from pawl.budget_pools where pool = v_value #>> '{}')
      then
        return 'there is no budget pool of that name';
      end if;
    elsif v_key not in ('tokens', 'microusd', 'tool_calls', 'model_calls', 'replans', 'wall_clock_ms') then
      return format('a budget has no %L', left(v_key, 40));
    elsif jsonb_typeof(v_value) <> 'number' then
      return format('%s is not a number', v_key);
    elsif v_value::numeric <> trunc(v_value::numeric) then
      return format('%s is not a whole number', v_key);
    elsif v_value::numeric < 0 or (v_value::numeric = 0 and v_key <> 'replans') then
      return format('%s is not above zero', v_key);
    elsif v_value::numeric > 9e15 then
      return format('%s is beyond 9e15', v_key);
    elsif v_key = 'microusd' and v_value::numeric < 1000 then
      return 'microusd is under a tenth of a cent';
    elsif v_key = 'wall_clock_ms' and v_value::numeric > v_wall_clock_ms_max then
      return 'wall_clock_ms is beyond ten years';
    end if;
  end loop;
  return null;
end
$$;
comment on function pawl.budget_refusal(jsonb) is
  'What is wrong with a budget as asked, in one sentence; null when nothing is.';
