-- The keywords of strings.  Length is in characters (code points), as JSON Schema and zod
-- count.  A format is checked only where no pattern stands beside it: zod emits its own
-- pattern with most formats, and that pattern is the truth (a guid has format uuid).  Only
-- for uri it never does.
create or replace function pawl.json_schema_string_violation(schema jsonb, value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_text constant text := value #>> '{}';
  v_fits boolean := true;
begin
  if schema ? 'minLength' or schema ? 'maxLength' then
    v_fits := length(v_text) >= coalesce((schema -> 'minLength')::numeric, 0)
      and length(v_text) <= coalesce((schema -> 'maxLength')::numeric, length(v_text));
  end if;

  -- In the collation C the classes \d and \w hold what they hold in JavaScript: ASCII.
  if v_fits and schema ? 'pattern' then
    v_fits := v_text ~ (pawl.js_pattern(schema ->> 'pattern') collate "C");
  end if;

  if v_fits and schema ? 'format'
    and (schema ->> 'format' = 'uri' or not schema ?| array['pattern', 'allOf'])
  then
    v_fits := pawl.json_schema_format_fits(schema ->> 'format', v_text);
  end if;

  if v_fits then
    return null;
  end if;

  return pawl.json_violation(pawl.json_schema_described(schema), value);
end
$$;

comment on function pawl.json_schema_string_violation(jsonb, jsonb) is
  'What minLength, maxLength, pattern and format refuse in a string, or null.';
