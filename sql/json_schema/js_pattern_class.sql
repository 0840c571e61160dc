-- A class of a JavaScript pattern: its opening ("[" or "[^") and what stands in it.  A hyphen
-- makes a range only between two single characters, and a range ends where it ends (in
-- [a-c-e] the second hyphen is itself); Postgres wants every other hyphen escaped.
create or replace function pawl.js_pattern_class(tokens text[])
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  v_count constant integer := cardinality(tokens);
  v_class text := tokens[1];
  v_token text;
  v_range_starts boolean := false;
  v_no integer := 2;
begin
  if v_count = 1 then
    return case v_class when '[^' then '[\u0001-\U0010ffff]' else '(?!)' end;
  end if;

  while v_no <= v_count loop
    v_token := tokens[v_no];
    if v_token = '-' and v_range_starts and v_no < v_count
      and tokens[v_no + 1] !~ '^\\[dDwWsS]$'
    then
      v_class := v_class || '-' || pawl.js_pattern_class_token(tokens[v_no + 1]);
      v_no := v_no + 2;
      v_range_starts := false;
    else
      v_class := v_class || pawl.js_pattern_class_token(v_token);
      v_no := v_no + 1;
      v_range_starts := v_token !~ '^\\[dDwWsS]$';
    end if;
  end loop;

  return v_class || ']';
end
$$;

comment on function pawl.js_pattern_class(text[]) is
  'What Postgres writes for a class of a JavaScript pattern, given as its tokens.';
