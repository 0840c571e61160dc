-- The keywords of objects, in one walk over the value's own properties.  Names the schema
-- does not declare are data, and are shown with care (see json_path_step).
create or replace function pawl.json_schema_object_violation(
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
  v_properties constant jsonb := coalesce(schema -> 'properties', '{}');
  v_patterned constant boolean := schema ? 'patternProperties';
  v_named constant boolean := schema ? 'propertyNames';
  v_required constant jsonb := schema -> 'required';
  v_name text;
  v_item jsonb;
  v_violation jsonb;
begin
  for v_name, v_item in select * from jsonb_each(value) loop
    if v_named then
      v_violation := pawl.json_schema_name_violation(schema, v_name, root, depth);
    end if;
    if v_violation is null and v_properties ? v_name then
      v_violation := pawl.json_schema_violation_at(
        v_properties -> v_name, v_item, root, depth + 1, 0
      );
    end if;
    if v_violation is null and (v_patterned or not v_properties ? v_name) then
      v_violation := pawl.json_schema_other_violation(schema, v_name, v_item, root, depth);
    end if;
    if v_violation is not null then
      return pawl.json_violation_within(
        pawl.json_path_step(v_name, v_properties ? v_name), v_violation
      );
    end if;
  end loop;

  for v_no in 0 .. coalesce(jsonb_array_length(v_required), 0) - 1 loop
    v_name := v_required ->> v_no;
    if not value ? v_name then
      v_item := coalesce(v_properties -> v_name, schema -> 'additionalProperties', 'true');
      return pawl.json_violation_within(
        pawl.json_path_step(v_name, true),
        pawl.json_violation(pawl.json_schema_described(v_item), null)
      );
    end if;
  end loop;

  return pawl.json_schema_size_violation(schema, value, 'Properties');
end
$$;

comment on function pawl.json_schema_object_violation(jsonb, jsonb, jsonb, integer) is
  'What properties, required, additionalProperties and the like refuse in an object, or null.';
