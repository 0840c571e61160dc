-- The schema a $ref names: '#' is the root, '#/$defs/node' a pointer into it.  A reference
-- that leads nowhere is null.
create or replace function pawl.json_schema_reference(root jsonb, reference text)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_pointer text[];
begin
  if reference = '#' then
    return root;
  elsif reference not like '#/%' then
    return null;
  end if;

  -- In a JSON pointer ~1 stands for a slash and ~0 for a tilde, undone in this order.
  select array_agg(replace(replace(token, '~1', '/'), '~0', '~') order by token_no)
  into v_pointer
  from unnest(string_to_array(substr(reference, 3), '/')) with ordinality as split(token, token_no);

  return root #> v_pointer;
end
$$;

comment on function pawl.json_schema_reference(jsonb, text) is
  'The part of a JSON Schema that a $ref names, or null where it leads nowhere.';
