-- The laws.  Each row is one breach; no rows = all hold.
create or replace function pawl.verify()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select * from pawl.verify_diary()
  union all
  select * from pawl.verify_steps()
  union all
  select * from pawl.verify_calls()
  union all
  select * from pawl.verify_money()
  union all
  select * from pawl.verify_people()
  union all
  select * from pawl.verify_progress()
  union all
  select * from pawl.verify_children()
  order by 1, 2
$$;
comment on function pawl.verify() is 'Checks the laws over all tasks; one row a breach, no rows = all hold.';
