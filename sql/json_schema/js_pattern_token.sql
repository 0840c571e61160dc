-- One token of a JavaScript pattern outside of classes.
create or replace function pawl.js_pattern_token(token text)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
  return case
    when token = '.' then '[^\n\r\u2028\u2029]'
    when token = '{' then '\{'
    -- With the collation C both take the same characters for those of a word: ASCII.
    when token = '\b' then '\y'
    when token = '\B' then '\Y'
    when token = '\S' then '[^' || pawl.js_pattern_escape('\s') || ']'
    when token in ('\d', '\D', '\w', '\W') then token
    when token = '\s' then '[' || pawl.js_pattern_escape(token) || ']'
    when token like '\\_%' then pawl.js_pattern_escape(token)
    -- Groups need no names: what they captured is never asked for.
    when token like '(?<%>' then '('
    when token = '(?' then pawl.js_pattern_refused('a group that starts with (?')
    else token
  end;
end
$$;

comment on function pawl.js_pattern_token(text) is
  'What Postgres writes for one token of a JavaScript pattern outside of classes.';
