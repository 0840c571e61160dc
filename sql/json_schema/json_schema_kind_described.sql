-- One of a schema's types, with the limits that the schema sets to values of that type.
create or replace function pawl.json_schema_kind_described(schema jsonb, kind text)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
  return kind || case kind
    when 'string' then
      pawl.json_range_described(schema -> 'minLength', schema -> 'maxLength', 'character')
    when 'array' then
      pawl.json_range_described(schema -> 'minItems', schema -> 'maxItems', 'item')
    when 'object' then
      pawl.json_range_described(schema -> 'minProperties', schema -> 'maxProperties', 'property')
    else ''
  end || pawl.json_schema_limits_described(schema, kind);
end
$$;

comment on function pawl.json_schema_kind_described(jsonb, text) is
  'One type of a JSON Schema in a few words, with its limits.';
