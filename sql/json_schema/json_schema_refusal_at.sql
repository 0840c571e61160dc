-- One schema within its root: its keywords one by one, then the schemas within them.
create or replace function pawl.json_schema_refusal_at(schema jsonb, path text, root jsonb)
returns text
language plpgsql
immutable
as $$
declare
  v_keyword text;
  v_value jsonb;
  v_refusal text;
  v_part jsonb;
  v_name text;
begin
  if jsonb_typeof(schema) = 'boolean' then
    return null;
  elsif jsonb_typeof(schema) is distinct from 'object' then
    return format('%s is not a JSON Schema', path);
  end if;

  for v_keyword, v_value in select * from jsonb_each(schema) loop
    v_refusal := pawl.json_schema_keyword_refusal(v_keyword, v_value, root);
    if v_refusal is not null then
      return format('%s at %s: %s', v_keyword, path, v_refusal);
    end if;

    for v_name, v_part in
      select * from pawl.json_schema_parts(v_keyword, v_value)
    loop
      v_refusal := pawl.json_schema_refusal_at(
        v_part, concat_ws('/', path, v_keyword, v_name), root
      );
      if v_refusal is not null then
        return v_refusal;
      end if;
    end loop;
  end loop;

  return null;
end
$$;

comment on function pawl.json_schema_refusal_at(jsonb, text, jsonb) is
  'json_schema_refusal() for one schema inside its root.';
