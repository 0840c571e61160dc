-- What is wrong with one keyword: not known, of the wrong shape, or with a value that cannot
-- be checked in Postgres.
create or replace function pawl.json_schema_keyword_refusal(keyword text, value jsonb, root jsonb)
returns text
language plpgsql
immutable
as $$
declare
  v_remarks constant text[] := array[
    '$schema', '$id', '$comment', 'id', 'title', 'description', 'default', 'examples',
    'readOnly', 'writeOnly', 'deprecated', 'contentEncoding', 'const'
  ];
  v_shapes constant jsonb := '{
    "type": "string array", "enum": "array", "required": "array", "$ref": "string",
    "properties": "object", "patternProperties": "object", "$defs": "object",
    "additionalProperties": "object boolean", "propertyNames": "object boolean",
    "items": "object boolean", "not": "object boolean",
    "prefixItems": "array", "anyOf": "array", "oneOf": "array", "allOf": "array",
    "minItems": "number", "maxItems": "number",
    "minProperties": "number", "maxProperties": "number",
    "minLength": "number", "maxLength": "number", "pattern": "string", "format": "string",
    "minimum": "number", "maximum": "number",
    "exclusiveMinimum": "number", "exclusiveMaximum": "number", "multipleOf": "number"
  }';
  v_types constant jsonb :=
    '["string", "number", "integer", "boolean", "null", "object", "array"]';
begin
  if keyword = any (v_remarks) or keyword like 'x-%' then
    return null;
  elsif not v_shapes ? keyword then
    return 'this keyword is not known here';
  elsif not jsonb_typeof(value) = any (string_to_array(v_shapes ->> keyword, ' ')) then
    return format('it is of type %s', jsonb_typeof(value));
  elsif keyword = 'type' and not jsonb_path_query_array(value, '$[*]') <@ v_types then
    return 'no such type';
  elsif keyword = 'required' and jsonb_path_exists(value, '$[*] ? (@.type() != "string")') then
    return 'a name is a string';
  elsif keyword in ('anyOf', 'oneOf', 'allOf', 'enum') and value = '[]' then
    return 'it is empty';
  elsif keyword = 'multipleOf' and value <= '0' then
    return 'it is not above zero';
  elsif keyword = '$ref' and pawl.json_schema_reference(root, value #>> '{}') is null then
    return 'it leads nowhere in this schema';
  elsif keyword = 'pattern' then
    return pawl.js_pattern_refusal(value #>> '{}');
  elsif keyword = 'patternProperties' then
    return (
      select min(pawl.js_pattern_refusal(patterns.pattern))
      from jsonb_object_keys(value) as patterns(pattern)
    );
  end if;

  return null;
end
$$;

comment on function pawl.json_schema_keyword_refusal(text, jsonb, jsonb) is
  'Null when one keyword of a JSON Schema can be checked here, else why not.';
