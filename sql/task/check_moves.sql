-- A changed task stands where its newest transition says, whoever changed it.
create or replace function pawl.check_moves()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task_ids uuid[] := array(select c.task_id from changed as c);
  v_task_id uuid;
begin
  select c.task_id into v_task_id
  from changed as c
  join was as w using (task_id)
  left join pawl.transitions as t
    on t.task_id = c.task_id
    and t.revision = c.revision
    and t.task_id = any (v_task_ids)
  left join pawl.transitions as n
    on n.task_id = c.task_id
    and n.revision = c.revision + 1
    and n.task_id = any (v_task_ids)
  where t.to_state is distinct from c.state
    or t.machine_id is distinct from c.machine_id
    or n.revision is not null
    or c.revision < w.revision
  limit 1;
  if found or (select count(*) from changed) <> (select count(*) from changed join was using (task_id)) then
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
referencing old table as was new table as changed
for each statement execute function pawl.check_moves();
alter table pawl.tasks enable always trigger check_moves;
