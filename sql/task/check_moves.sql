-- A changed task stands where its newest transition says, whoever changed it: one transition at the
-- revision it claims, and none after it.
create or replace function pawl.check_moves()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_task_ids uuid[] := array(select c.task_id from changed as c order by c.task_id);
  v_first uuid := v_task_ids[1];
  v_last uuid := v_task_ids[cardinality(v_task_ids)];
  v_task_id uuid;
begin
  select c.task_id into v_task_id
  from changed as c
  left join lateral (
    select true as stands
    from pawl.transitions as e
    where e.task_id = c.task_id
      and e.task_id between v_first and v_last
      and e.revision >= c.revision
    having bool_and(
      e.revision = c.revision and e.to_state = c.state and e.machine_id = c.machine_id
    )
  ) as t on true
  where t.stands is null
  limit 1;
  if found then
    raise exception using
      errcode = 'PW003',
      message = format('task %s would not stand where its newest transition says', v_task_id),
      hint = 'State and revision change only through pawl.commit, one edge of the chart at a time.';
  end if;
  return null;
end
$$;
comment on function pawl.check_moves() is
  'Trigger: refuses a change of tasks that its diary does not say, with PW003.';

create or replace trigger check_moves
after update on pawl.tasks
referencing new table as changed
for each statement execute function pawl.check_moves();
alter table pawl.tasks enable always trigger check_moves;
