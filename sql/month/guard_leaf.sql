create or replace function pawl.guard_leaf(parent text, suffix text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  if parent in ('tasks', 'transitions', 'plans', 'plan_steps') then
    execute format('create trigger refuse_truncate before truncate on pawl.%I '
      'for each statement execute function pawl.refuse_change(%L)', parent || suffix, parent);
    execute format('alter table pawl.%I enable always trigger refuse_truncate', parent || suffix);
  end if;
  if parent = 'tasks' then
    execute format('create trigger start_tasks after insert on pawl.%I referencing new table as added '
      'for each statement execute function pawl.start_tasks()', parent || suffix);
    execute format('create trigger check_moves after update on pawl.%I referencing '
      'new table as changed for each statement execute function pawl.check_moves()', parent || suffix);
    execute format('alter table pawl.%I enable always trigger start_tasks, enable always trigger check_moves',
      parent || suffix);
  elsif parent = 'transitions' then
    execute format('create trigger check_joins after insert on pawl.%I referencing new table as added '
      'for each statement execute function pawl.check_joins()', parent || suffix);
    execute format('alter table pawl.%I enable always trigger check_joins', parent || suffix);
  elsif parent = 'tool_calls' then
    execute format('alter table pawl.%I add constraint a_call_follows_its_plan '
      'foreign key (task_id, plan_no, ordinal, tool) references pawl.%I (task_id, plan_no, ordinal, tool)',
      parent || suffix, 'plan_steps' || suffix);
  elsif parent = 'plan_steps' then
    execute format('alter table pawl.%I add constraint plan_steps_belong_to_a_plan '
      'foreign key (task_id, plan_no) references pawl.%I (task_id, plan_no)',
      parent || suffix, 'plans' || suffix);
  end if;
end
$$;
comment on function pawl.guard_leaf(text, text) is
  'private: the statement triggers and leaf-to-leaf keys of a new partition.';
