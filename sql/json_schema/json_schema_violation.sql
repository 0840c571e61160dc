-- The first place where a value does not fit a JSON Schema, or null where it fits.
-- The schema is of the subset of draft 2020-12 that zod's toJSONSchema() emits; ask
-- json_schema_refusal() first, because a keyword nobody knows is not checked here.
-- The answer names the place and what was expected there, and of the value only its
-- type or length, so it may be shown to anybody.  The search path is pinned here for all that
-- is called below: pinning it at each of those small steps makes a check a third slower.
create or replace function pawl.json_schema_violation(schema jsonb, value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = pawl, pg_temp
as $$
declare
  v_violation jsonb;
begin
  v_violation := pawl.json_schema_violation_at(schema, value, schema, 0, 0);

  if v_violation is null then
    return null;
  end if;

  return pawl.json_violation_within('$', v_violation);
end
$$;

comment on function pawl.json_schema_violation(jsonb, jsonb) is
  'Null when the value fits the JSON Schema, else {"path", "expected", "found"}, no value shown.';
