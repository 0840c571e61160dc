-- A value against alternatives: at least one must fit (anyOf), or exactly one (oneOf).  Each
-- alternative is tried once and its violation kept: trying the nearest again to explain the
-- failure would double the work at every level of a nested union.
create or replace function pawl.json_schema_union_violation(
  branches jsonb,
  exclusive boolean,
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
  v_violations jsonb[] := '{}';
  v_fits boolean := false;
begin
  for v_no in 0 .. jsonb_array_length(branches) - 1 loop
    v_violation := pawl.json_schema_violation_at(branches -> v_no, value, root, depth, hops);

    if v_violation is not null then
      v_violations := v_violations || v_violation;
    elsif not exclusive then
      return null;
    elsif v_fits then
      return pawl.json_violation('value that fits one alternative only', value);
    else
      v_fits := true;
    end if;
  end loop;

  if v_fits then
    return null;
  end if;

  return pawl.json_schema_union_closest(branches, v_violations, value, root);
end
$$;

comment on function
  pawl.json_schema_union_violation(jsonb, boolean, jsonb, jsonb, integer, integer) is
  'What anyOf (or, when exclusive, oneOf) refuses, told of the alternative meant; or null.';
