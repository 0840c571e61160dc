-- The long way of js_pattern: token by token, with an eye on whether we are inside a class.
create or replace function pawl.js_pattern_translated(pattern text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  -- Where two alternatives take the same start, Postgres prefers the longer.
  v_token_form constant text := '\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.'
    '|\(\?(?:[:=!]|<[=!]|<[A-Za-z_$][A-Za-z0-9_$]*>)?|\{\d+(?:,\d*)?\}|\[\^?|.';
  v_tokens constant text[] := array(
    select match.parts[1]
    from regexp_matches(pattern, '(' || v_token_form || ')' collate "C", 'g')
      with ordinality as match(parts, token_no)
    order by token_no
  );
  v_token text;
  v_class text[];
  v_done text[] := '{}';
begin
  foreach v_token in array v_tokens loop
    if v_class is null and v_token like '[%' then
      v_class := array[v_token];
    elsif v_class is null then
      v_done := v_done || pawl.js_pattern_token(v_token);
    elsif v_token = ']' then
      v_done := v_done || pawl.js_pattern_class(v_class);
      v_class := null;
    else
      v_class := v_class || v_token;
    end if;
  end loop;

  if v_class is not null then
    raise exception using
      errcode = 'feature_not_supported',
      message = 'the pattern has a class that is never closed';
  end if;

  return array_to_string(v_done, '');
end
$$;

comment on function pawl.js_pattern_translated(text) is
  'A JavaScript regular expression rewritten for Postgres token by token.';
