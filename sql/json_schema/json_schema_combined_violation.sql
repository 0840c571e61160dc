-- The keywords that combine schemas, for the value as it stands (no step deeper).
create or replace function pawl.json_schema_combined_violation(
  schema jsonb,
  value jsonb,
  root jsonb,
  depth integer,
  hops integer
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_violation jsonb;
  v_refused text;
begin
  for v_no in 0 .. coalesce(jsonb_array_length(schema -> 'allOf'), 0) - 1 loop
    v_violation := pawl.json_schema_violation_at(
      schema -> 'allOf' -> v_no, value, root, depth, hops
    );
    if v_violation is not null then
      return v_violation;
    end if;
  end loop;

  if schema ? 'not' then
    v_violation := pawl.json_schema_violation_at(schema -> 'not', value, root, depth, hops);
    if v_violation is null then
      v_refused := nullif(pawl.json_schema_described(schema -> 'not'), 'anything');
      return pawl.json_violation(coalesce('not ' || v_refused, 'nothing'), value);
    end if;
  end if;

  v_violation := null;
  if schema ? 'anyOf' then
    v_violation := pawl.json_schema_union_violation(
      schema -> 'anyOf', false, value, root, depth, hops
    );
  end if;
  if v_violation is null and schema ? 'oneOf' then
    return pawl.json_schema_union_violation(schema -> 'oneOf', true, value, root, depth, hops);
  end if;

  return v_violation;
end
$$;

comment on function pawl.json_schema_combined_violation(jsonb, jsonb, jsonb, integer, integer) is
  'What allOf, not, anyOf and oneOf refuse, or null.';
