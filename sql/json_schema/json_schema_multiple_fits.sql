-- Exact for whole numbers.  A fraction that came through JavaScript is as near its decimal as
-- a double gets (0.1 + 0.2), so there zod's own tolerance applies: four epsilons of the ratio.
create or replace function pawl.json_schema_multiple_fits(value numeric, divisor numeric)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
  epsilon constant numeric := 2.220446049250313e-16;
  v_ratio numeric;
begin
  if value % divisor = 0 then
    return true;
  elsif value = trunc(value) and divisor = trunc(divisor) then
    return false;
  end if;

  v_ratio := round(value, 40) / divisor;

  return abs(v_ratio - round(v_ratio)) < 4 * epsilon * greatest(abs(v_ratio), 1);
end
$$;

comment on function pawl.json_schema_multiple_fits(numeric, numeric) is
  'Whether a number is a multiple of another: exactly if whole, else as near as a double gets.';
