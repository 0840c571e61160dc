-- Paths are put together on the way out, because on the way in most of them are never needed.
create or replace function pawl.json_violation_within(step text, violation jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
  return violation || jsonb_build_object('path', step || (violation ->> 'path'));
end
$$;

comment on function pawl.json_violation_within(text, jsonb) is
  'The same violation seen from one step further out: the step goes before its path.';
