-- "1 item", "3 items", "2 properties".
create or replace function pawl.json_counted(amount numeric, noun text)
returns text
language sql
immutable
parallel safe
as $$
  select amount || ' ' || case
    when amount = 1 then noun
    when noun like '%y' then left(noun, -1) || 'ies'
    else noun || 's'
  end
$$;

comment on function pawl.json_counted(numeric, text) is
  'A number of things, in words.';
