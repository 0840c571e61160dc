-- One schema against one value.  Depth counts the nesting of the value; hops count references
-- followed without going deeper: many only where a schema refers to itself.
create or replace function pawl.json_schema_violation_at(
  schema jsonb,
  value jsonb,
  root jsonb,
  depth integer,
  hops integer
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  depth_max constant integer := 64;
  hops_max constant integer := 16;
  v_kind text := coalesce(jsonb_typeof(value), 'nothing');
  v_violation jsonb;
begin
  if schema is null or schema in ('true', '{}') then
    return null;
  elsif depth > depth_max then
    return pawl.json_violation(format('nesting of at most %s levels', depth_max), value);
  elsif hops > hops_max then
    return pawl.json_violation(format('at most %s references in a row', hops_max), value);
  elsif schema = 'false' then
    return pawl.json_violation('nothing', value);
  end if;

  if schema ? '$ref' then
    -- What leads nowhere lets nothing in: better closed than open.
    v_violation := pawl.json_schema_violation_at(
      coalesce(pawl.json_schema_reference(root, schema ->> '$ref'), 'false'),
      value, root, depth, hops + 1
    );
  end if;
  if v_violation is not null then
    return v_violation;
  elsif not pawl.json_schema_kind_fits(schema, value, v_kind) then
    return pawl.json_violation(pawl.json_schema_described(schema), value);
  end if;

  v_violation := case v_kind
    when 'object' then pawl.json_schema_object_violation(schema, value, root, depth)
    when 'array' then pawl.json_schema_array_violation(schema, value, root, depth)
    when 'string' then pawl.json_schema_string_violation(schema, value)
    when 'number' then pawl.json_schema_number_violation(schema, value)
  end;

  if v_violation is null and schema ?| array['allOf', 'anyOf', 'oneOf', 'not'] then
    return pawl.json_schema_combined_violation(schema, value, root, depth, hops);
  end if;

  return v_violation;
end
$$;

comment on function pawl.json_schema_violation_at(jsonb, jsonb, jsonb, integer, integer) is
  'json_schema_violation() for one schema inside its root; the path is relative to the value.';
