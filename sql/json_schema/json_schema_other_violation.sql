-- A property against patternProperties, and, if no pattern took it and no declaration either,
-- against additionalProperties.
create or replace function pawl.json_schema_other_violation(
  schema jsonb,
  name text,
  value jsonb,
  root jsonb,
  depth integer
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_taken boolean := coalesce(schema -> 'properties' ? name, false);
  v_pattern text;
  v_schema jsonb;
  v_violation jsonb;
begin
  if schema ? 'patternProperties' then
    for v_pattern, v_schema in select * from jsonb_each(schema -> 'patternProperties') loop
      if name ~ (pawl.js_pattern(v_pattern) collate "C") then
        v_taken := true;
        v_violation := pawl.json_schema_violation_at(v_schema, value, root, depth + 1, 0);
        if v_violation is not null then
          return v_violation;
        end if;
      end if;
    end loop;
  end if;

  if v_taken or not schema ? 'additionalProperties' then
    return null;
  elsif schema -> 'additionalProperties' = 'false' then
    return pawl.json_violation(pawl.json_schema_unknown_described(schema, name), value);
  end if;

  return pawl.json_schema_violation_at(
    schema -> 'additionalProperties', value, root, depth + 1, 0
  );
end
$$;

comment on function pawl.json_schema_other_violation(jsonb, text, jsonb, jsonb, integer) is
  'What patternProperties and additionalProperties refuse in one property, or null.';
