-- What Postgres writes for a JavaScript escape, both inside a class and as a character outside.
-- The white space of JavaScript is wider than that of the collation C.
create or replace function pawl.js_pattern_escape(token text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  v_sign constant text := substr(token, 2);
begin
  return case
    when v_sign = 's' then
      '\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
    when v_sign = 'S' then
      '\u0001-\u0008\u000e-\u001f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e'
      '\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff'
    when v_sign = 'b' then '\u0008'
    when v_sign = '0' then '\u0000'
    when v_sign in ('n', 'r', 't', 'v', 'f') then token
    when v_sign = 'd' then '0-9'
    when v_sign = 'D' then '\u0001-/:-\U0010ffff'
    when v_sign = 'w' then 'A-Za-z0-9_'
    when v_sign = 'W' then '\u0001-/:-@\[-\^`{-\U0010ffff'
    when v_sign ~* '^u[0-9a-f]{4}$' and v_sign !~* '^ud[89a-f]' then token
    when v_sign ~* '^x[0-9a-f]{2}$' then '\u00' || substr(v_sign, 2)
    when v_sign ~* '^ud[89a-f]' then pawl.js_pattern_refused('half of a surrogate pair')
    when v_sign in ('u', 'x', 'c') then pawl.js_pattern_refused('the escape ' || token)
    when v_sign in ('p', 'P') then pawl.js_pattern_refused('the Unicode property ' || token)
    when v_sign = 'k' or v_sign ~ '^\d' then
      pawl.js_pattern_refused('the back reference ' || token)
    -- Any other letter is only itself, and so is any other sign.
    when v_sign ~ '^[!-/:-@\[-`{-~]$' then token
    else v_sign
  end;
end
$$;

comment on function pawl.js_pattern_escape(text) is
  'What Postgres writes for an escape of a JavaScript pattern; raises 0A000 where it has no equal.';
