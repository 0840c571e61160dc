-- One step of a path.  A name the schema declares is shown as it is; any other came with the
-- data, so it is shown only if it looks like a name in a program and not like a person's.
create or replace function pawl.json_path_step(name text, declared boolean)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
  if name ~ '^[A-Za-z_$][A-Za-z0-9_$]{0,63}$' then
    return '.' || name;
  elsif declared then
    return format('[%s]', to_json(left(name, 100)));
  end if;

  return format('[a name of %s]', pawl.json_counted(length(name), 'character'));
end
$$;

comment on function pawl.json_path_step(text, boolean) is
  'One step of a path: .name, ["odd name"], or only the length of a name that is data.';
