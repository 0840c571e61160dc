-- The keywords of numbers.  jsonb holds numbers as numeric and compares them exactly, so a
-- huge integer is not rounded into a bound.
create or replace function pawl.json_schema_number_violation(schema jsonb, value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  safe_max constant bigint := 9007199254740991;
begin
  if value < schema -> 'minimum'
    or value > schema -> 'maximum'
    or value <= schema -> 'exclusiveMinimum'
    or value >= schema -> 'exclusiveMaximum'
  then
    -- Descriptions leave zod's bounds of a safe integer out, unless it is them that are broken.
    if abs(value::numeric) > safe_max then
      return pawl.json_violation(
        format('%s within %s and -%2$s', pawl.json_schema_described(schema), safe_max), value
      );
    end if;
    return pawl.json_violation(pawl.json_schema_described(schema), value);
  end if;

  if schema ? 'multipleOf'
    and not pawl.json_schema_multiple_fits(value::numeric, (schema -> 'multipleOf')::numeric)
  then
    return pawl.json_violation(pawl.json_schema_described(schema), value);
  end if;

  return null;
end
$$;

comment on function pawl.json_schema_number_violation(jsonb, jsonb) is
  'What minimum, maximum, exclusiveMinimum, exclusiveMaximum and multipleOf refuse, or null.';
