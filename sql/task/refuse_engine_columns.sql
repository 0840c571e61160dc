-- What the caller may not set must arrive empty: also from the owner, whom no grant stops.
create or replace function pawl.refuse_engine_columns(task pawl.tasks)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_column text;
  v_time_chars constant integer := 18;
begin
  if left(task.task_id::text, v_time_chars) is distinct from left(pawl.new_task_id()::text, v_time_chars)
  then
    raise exception using
      errcode = 'PW107',
      message = 'task_id is always pawl''s own',
      hint = 'Leave task_id out and use `returning task_id`; your own name for the task goes into `key`.';
  end if;
  select e.key into v_column
  from jsonb_each(to_jsonb(task)) as e
  where e.value <> 'null'
    and e.key not in ('task_id', 'machine', 'input', 'key', 'priority', 'run_at', 'labels', 'budget')
    and not (e.key in ('parent_task_id', 'parent_step_no') and pawl.answers_a_step(task))
  limit 1;
  if v_column is not null then
    raise exception using
      errcode = 'PW107',
      message = format('%s is set by the engine, not by the caller', v_column),
      hint = 'Insert machine and input, and if you like key, priority, run_at, labels and budget.';
  end if;
end
$$;
comment on function pawl.refuse_engine_columns(pawl.tasks) is
  'Refuses an insert that sets a column which is the engine''s, with PW107.';
