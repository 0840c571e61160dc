-- One violation that speaks for several alternatives: exact where they agree on the place.
create or replace function pawl.json_violations_merged(violations jsonb[], value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_paths text[];
  v_expected text;
begin
  select array_agg(distinct told.violation ->> 'path'),
    string_agg(distinct told.violation ->> 'expected', ' or ')
  into v_paths, v_expected
  from unnest(violations) as told(violation);

  if cardinality(v_paths) = 1 then
    return violations[1] || jsonb_build_object('expected', left(v_expected, 300));
  end if;

  return pawl.json_violation(
    format('value that fits one of %s alternatives', cardinality(violations)), value
  );
end
$$;

comment on function pawl.json_violations_merged(jsonb[], jsonb) is
  'One violation that speaks for the violations of several alternatives.';
