-- One token inside a class.  What looks like a group or a count there is only its characters.
create or replace function pawl.js_pattern_class_token(token text)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
  return case
    when token like '\\_%' then pawl.js_pattern_escape(token)
    when token in ('-', '^', '[') then '\' || token
    when token = '[^' then '\[\^'
    else token
  end;
end
$$;

comment on function pawl.js_pattern_class_token(text) is
  'What Postgres writes for one token inside a class of a JavaScript pattern.';
