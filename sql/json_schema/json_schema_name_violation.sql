-- The name of a property against propertyNames.
create or replace function pawl.json_schema_name_violation(
  schema jsonb,
  name text,
  root jsonb,
  depth integer
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_names constant jsonb := schema -> 'propertyNames';
  v_violation jsonb;
begin
  -- What zod emits for any record, and nothing a name could break.
  if v_names = '{"type": "string"}' then
    return null;
  end if;

  v_violation := pawl.json_schema_violation_at(v_names, to_jsonb(name), root, depth + 1, 0);

  if v_violation is null then
    return null;
  end if;

  return jsonb_build_object(
    'path', '',
    'expected', 'name: ' || (v_violation ->> 'expected'),
    'found', 'name: ' || (v_violation ->> 'found')
  );
end
$$;

comment on function pawl.json_schema_name_violation(jsonb, text, jsonb, integer) is
  'What propertyNames refuses in the name of a property, or null.';
