create or replace function pawl.make_months(ahead integer default 2)
returns integer
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  -- Every worker makes them, and two must not at once.
  perform pg_advisory_xact_lock(hashtext('pawl.make_months'));
  return (select sum(pawl.make_month(((pawl.clock() at time zone 'UTC')::date + n * interval '1 month')::date))::integer
  from generate_series(0, make_months.ahead) as n);
end
$$;
comment on function pawl.make_months(integer) is
  'Makes this month''s partitions and those of the months ahead; returns how many were missing.';
