-- A violation at this very place.  Of the value it tells the type or the length, never more.
create or replace function pawl.json_violation(expected text, value jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
  return jsonb_build_object(
    'path', '',
    'expected', expected,
    'found', case jsonb_typeof(value)
      when 'string' then 'string of ' || pawl.json_counted(length(value #>> '{}'), 'character')
      when 'array' then 'array of ' || pawl.json_counted(jsonb_array_length(value), 'item')
      when 'object' then 'object'
      else coalesce(jsonb_typeof(value), 'nothing')
    end
  );
end
$$;

comment on function pawl.json_violation(text, jsonb) is
  '{"path": "", "expected", "found"} for a value that does not fit; SQL null is found as nothing.';
