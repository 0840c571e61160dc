-- The only clock.  Nothing decides by any other; tests replace this function.
create or replace function pawl.clock()
returns timestamptz
language sql
stable
as $$
  select statement_timestamp()
$$;
comment on function pawl.clock() is 'The only time pawl decides by.';
