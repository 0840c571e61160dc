-- Never returns: it only looks like a text so that it can stand in an expression.  Volatile,
-- because the planner would call an immutable function with constant arguments ahead of time.
create or replace function pawl.js_pattern_refused(what text)
returns text
language plpgsql
volatile
parallel safe
as $$
begin
  raise exception using
    errcode = 'feature_not_supported',
    message = format('Postgres cannot match %s as JavaScript does', what);
end
$$;

comment on function pawl.js_pattern_refused(text) is
  'Raises 0A000: a pattern of JavaScript that Postgres has no equal for.';
