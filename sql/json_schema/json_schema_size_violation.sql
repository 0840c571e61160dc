-- minItems and maxItems of an array, minProperties and maxProperties of an object.
create or replace function pawl.json_schema_size_violation(schema jsonb, value jsonb, noun text)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_least constant numeric := schema -> ('min' || noun);
  v_most constant numeric := schema -> ('max' || noun);
  v_size bigint;
begin
  if v_least is null and v_most is null then
    return null;
  end if;

  v_size := case noun
    when 'Items' then jsonb_array_length(value)
    else (select count(*) from jsonb_object_keys(value))
  end;

  if v_size < v_least or v_size > v_most then
    return pawl.json_violation(pawl.json_schema_described(schema), value);
  end if;

  return null;
end
$$;

comment on function pawl.json_schema_size_violation(jsonb, jsonb, text) is
  'What minItems and maxItems (or, by the noun, minProperties and maxProperties) refuse, or null.';
