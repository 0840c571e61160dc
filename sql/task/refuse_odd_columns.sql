create or replace function pawl.refuse_odd_columns(task pawl.tasks)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
begin
  if not isfinite(task.run_at) then
    raise exception using
      errcode = 'PW108',
      message = 'run_at is not finite',
      hint = 'Give the time it may begin, or leave run_at out to begin at once.';
  end if;
  if jsonb_typeof(task.labels) <> 'object'
    or length(task.key) not between 1 and 200
    or task.priority not between -32768 and 32767
  then
    raise exception using
      errcode = 'PW110',
      message = case
        when jsonb_typeof(task.labels) <> 'object' then 'labels are not an object'
        when length(task.key) not between 1 and 200 then 'the key has not 1 to 200 characters'
        else 'the priority is not between -32768 and 32767'
      end,
      hint = 'labels: {"name": …}; key: your own name for the work; priority: smaller runs first.';
  end if;
end
$$;
comment on function pawl.refuse_odd_columns(pawl.tasks) is
  'Refuses an insert with a run_at that is not finite (PW108), or labels, key or priority out of bounds (PW110).';
