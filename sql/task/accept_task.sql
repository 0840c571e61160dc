-- Before a task row is inserted: refuse what is wrong, by name; fill in what is the engine's.
create or replace function pawl.accept_task()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_machine pawl.machines;
begin
  perform pawl.refuse_engine_columns(new);
  if tg_table_name = 'tasks_unplaced' then
    raise exception using
      errcode = 'PW504',
      message = 'this month has no partition yet',
      hint = 'select pawl.make_months(); a running worker does it every hour.';
  end if;
  new.priority := coalesce(new.priority, 0);
  new.labels := coalesce(new.labels, '{}');
  if new.forked_from_task_id is null then
    v_machine := pawl.current_machine(new.machine);
  else
    select m.* into v_machine
    from pawl.tasks as t
    join pawl.machines as m using (machine_id)
    where t.task_id = new.forked_from_task_id;
  end if;
  perform pawl.check_input(new.input, v_machine.input_schema);
  perform pawl.check_budget(new.budget);
  perform pawl.refuse_odd_columns(new);
  new.tenant := 'default';
  if new.key is not null and not pawl.take_key(new) then
    return null;
  end if;
  new.machine_id := v_machine.machine_id;
  new.planned := v_machine.planned;
  new.state := '(new)';
  new.status := 'ready';
  new.revision := 0;
  if new.parent_task_id is not null then
    select p.submitted_by into new.submitted_by
    from pawl.tasks as p
    where p.task_id = new.parent_task_id;
  end if;
  new.submitted_by := coalesce(new.submitted_by, session_user);
  new.run_at := coalesce(new.run_at, pawl.clock());
  new.woken_at := pawl.clock();
  new.created_at := pawl.clock();
  new.updated_at := pawl.clock();
  return new;
end
$$;
comment on function pawl.accept_task() is
  'Trigger: checks a new task and fills in the engine''s columns. A key seen before inserts nothing.';

create or replace trigger accept_task
before insert on pawl.tasks
for each row execute function pawl.accept_task();
alter table pawl.tasks enable always trigger accept_task;
