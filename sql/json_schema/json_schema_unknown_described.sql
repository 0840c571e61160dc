-- A property nobody declared is most often a declared one with a typing mistake.
create or replace function pawl.json_schema_unknown_described(schema jsonb, name text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  v_declared text[] := array(select jsonb_object_keys(schema -> 'properties'));
  v_nearest text[] := pawl.nearest_names(name, v_declared, 1);
begin
  if v_nearest <> '{}' then
    return format('no property of this name (did you mean %s?)', to_json(v_nearest[1]));
  elsif v_declared = '{}' then
    return 'no property of this name';
  end if;

  return left('no property but ' || array_to_string(v_declared, ', '), 300);
end
$$;

comment on function pawl.json_schema_unknown_described(jsonb, text) is
  'Words for what was expected where an object has a property that its schema does not allow.';
