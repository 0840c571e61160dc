-- Before a schema is trusted: does json_schema_violation() know everything it says?  A keyword
-- that is passed over would let in what its author meant to keep out.
create or replace function pawl.json_schema_refusal(schema jsonb)
returns text
language plpgsql
immutable
set search_path = pawl, pg_temp
as $$
begin
  return pawl.json_schema_refusal_at(schema, '#', schema);
end
$$;

comment on function pawl.json_schema_refusal(jsonb) is
  'Null when every keyword of a JSON Schema can be checked here, else which one cannot and where.';
