-- The keywords of arrays: the size, then each item against its own schema in prefixItems or
-- the one in items.
create or replace function pawl.json_schema_array_violation(
  schema jsonb,
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
  v_items constant jsonb := schema -> 'items';
  v_prefix constant jsonb := schema -> 'prefixItems';
  v_violation jsonb := pawl.json_schema_size_violation(schema, value, 'Items');
begin
  if v_violation is not null then
    return v_violation;
  end if;

  if v_prefix is null and (v_items is null or v_items in ('true', '{}')) then
    return null;
  end if;

  for v_no in 0 .. jsonb_array_length(value) - 1 loop
    v_violation := pawl.json_schema_violation_at(
      coalesce(v_prefix -> v_no, v_items), value -> v_no, root, depth + 1, 0
    );
    if v_violation is not null then
      return pawl.json_violation_within(format('[%s]', v_no), v_violation);
    end if;
  end loop;

  return null;
end
$$;

comment on function pawl.json_schema_array_violation(jsonb, jsonb, jsonb, integer) is
  'What items, prefixItems, minItems and maxItems refuse in an array, or null.';
