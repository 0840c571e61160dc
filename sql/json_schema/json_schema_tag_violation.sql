-- The first property by which an object shows that it is not of this alternative.
create or replace function pawl.json_schema_tag_violation(branch jsonb, value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_name text;
  v_tag jsonb;
begin
  if jsonb_typeof(value) <> 'object' or branch -> 'properties' is null then
    return null;
  end if;

  for v_name, v_tag in select * from jsonb_each(branch -> 'properties') loop
    if jsonb_typeof(v_tag) = 'object'
      and v_tag ?| array['const', 'enum']
      and (value ? v_name or coalesce(branch -> 'required' ? v_name, false))
      and not pawl.json_schema_kind_fits(
        v_tag, value -> v_name, coalesce(jsonb_typeof(value -> v_name), 'nothing')
      )
    then
      return pawl.json_violation_within(
        pawl.json_path_step(v_name, true),
        pawl.json_violation(pawl.json_schema_described(v_tag), value -> v_name)
      );
    end if;
  end loop;

  return null;
end
$$;

comment on function pawl.json_schema_tag_violation(jsonb, jsonb) is
  'The violation of the first const or enum property of an alternative, or null if all match.';
