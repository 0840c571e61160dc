-- A schema in a few words, for the "expected" of a violation: "string of at most 10
-- characters", "one of "a", "b"", "array of at least 1 item or null".
create or replace function pawl.json_schema_described(schema jsonb)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  described_max constant integer := 300;
  v_branches constant jsonb := coalesce(schema -> 'anyOf', schema -> 'oneOf');
begin
  if schema is null or schema in ('true', '{}') then
    return 'anything';
  elsif schema in ('false', '{"not": {}}') then
    return 'nothing';
  elsif schema ? 'const' then
    return left((schema -> 'const')::text, described_max);
  elsif schema ? 'enum' then
    return left('one of ' || (
      select string_agg(allowed.item::text, ', ' order by item_no)
      from jsonb_array_elements(schema -> 'enum') with ordinality as allowed(item, item_no)
    ), described_max);
  elsif schema ? '$ref' then
    -- zod numbers what has no name of its own.
    return case
      when schema ->> '$ref' ~ '^#/\$defs/(?!__schema\d+$)' then substr(schema ->> '$ref', 9)
      else 'value of a kind described elsewhere'
    end;
  elsif schema ? 'type' then
    return left((
      select string_agg(pawl.json_schema_kind_described(schema, kinds.kind #>> '{}'), ' or ')
      from jsonb_path_query(schema -> 'type', '$[*]') as kinds(kind)
    ), described_max);
  elsif v_branches is not null then
    return left((
      select string_agg(distinct pawl.json_schema_described(branches.branch), ' or ')
      from jsonb_array_elements(v_branches) as branches(branch)
    ), described_max);
  end if;

  -- A part of an allOf often goes without a type; its keywords give it away.
  return pawl.json_schema_kind_described(schema, case
    when schema ?| array['pattern', 'format', 'minLength', 'maxLength'] then 'string'
    when schema ?| array['multipleOf', 'minimum', 'maximum'] then 'number'
    when schema ?| array['items', 'prefixItems', 'minItems', 'maxItems'] then 'array'
    when schema ?| array['properties', 'required', 'propertyNames'] then 'object'
    else 'value'
  end);
end
$$;

comment on function pawl.json_schema_described(jsonb) is
  'A JSON Schema in a few words.';
