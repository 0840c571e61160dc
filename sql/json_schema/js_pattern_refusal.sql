-- Postgres alone knows which patterns it takes: ask it.  The block makes a subtransaction,
-- which is why nothing that calls this is parallel safe.
create or replace function pawl.js_pattern_refusal(pattern text)
returns text
language plpgsql
immutable
as $$
begin
  perform 'a' ~ (pawl.js_pattern(pattern) collate "C");

  return null;
exception
  when feature_not_supported or invalid_regular_expression then
    return format('%s (the pattern is %s)', sqlerrm, left(pattern, 200));
end
$$;

comment on function pawl.js_pattern_refusal(text) is
  'Null when Postgres can match a JavaScript pattern, else why not.';
