-- The schemas within a keyword's value, each with its step in the path (null where the value
-- itself is one).
create or replace function pawl.json_schema_parts(keyword text, value jsonb)
returns table (name text, part jsonb)
language sql
immutable
parallel safe
as $$
  select null, value
  where keyword in ('items', 'additionalProperties', 'propertyNames', 'not')
  union all
  select (part_no - 1)::text, parts.part
  from jsonb_array_elements(
    case when keyword in ('prefixItems', 'anyOf', 'oneOf', 'allOf') then value else '[]' end
  ) with ordinality as parts(part, part_no)
  union all
  select parts.name, parts.part
  from jsonb_each(
    case when keyword in ('properties', 'patternProperties', '$defs') then value else '{}' end
  ) as parts(name, part)
$$;

comment on function pawl.json_schema_parts(text, jsonb) is
  'The schemas directly within one keyword of a JSON Schema.';
