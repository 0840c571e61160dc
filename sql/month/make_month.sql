-- One leaf a table.  LIKE and ATTACH, because `partition of` would lock every reader out.  Only
-- statement triggers must be given to each leaf: an insert into a leaf does not fire its parent's.
create or replace function pawl.make_month(day date)
returns integer
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_from timestamptz := date_trunc('month', day::timestamp) at time zone 'UTC';
  v_to timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC';
  v_suffix text := to_char(day, '_YYYY_MM');
  v_table text;
  v_made integer := 0;
begin
  set local lock_timeout = '5s';
  foreach v_table in array pawl.growing_tables() loop
    continue when to_regclass('pawl.' || v_table || v_suffix) is not null;
    execute format(
      'create table pawl.%I (like pawl.%I including defaults including constraints including storage including comments) with (fillfactor = %s)',
      v_table || v_suffix, v_table, case when v_table in ('tasks', 'steps', 'attempts') then 70 else 100 end
    );
    execute format(
      'alter table pawl.%I attach partition pawl.%I for values from (%L) to (%L)',
      v_table, v_table || v_suffix, pawl.uuid_floor(v_from), pawl.uuid_floor(v_to)
    );
    execute format('comment on table pawl.%I is %L', v_table || v_suffix,
      format('%s of %s', v_table, to_char(day, 'YYYY-MM')));
    perform pawl.guard_leaf(v_table, v_suffix);
    v_made := v_made + 1;
  end loop;
  return v_made;
end
$$;
comment on function pawl.make_month(date) is
  'Makes the partitions of the month of this day where they are missing; returns how many.';
