-- What the caller may not set must arrive empty: also from the owner, whom no grant stops.
create or replace function pawl.refuse_engine_columns(task pawl.tasks)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_time_chars constant integer := 18;
  v_callers constant text[] := array[
    'task_id', 'machine', 'input', 'key', 'priority', 'run_at', 'labels', 'budget'
  ];
  v_set jsonb := jsonb_strip_nulls(to_jsonb(task) - v_callers);
begin
  if left(task.task_id::text, v_time_chars) is distinct from left(pawl.new_task_id()::text, v_time_chars)
  then
    raise exception using
      errcode = 'PW107',
      message = 'task_id is always pawl''s own',
      hint = 'Leave task_id out and use `returning task_id`; your own name for the task goes into `key`.';
  end if;
  if task.parent_task_id is not null and pawl.answers_a_step(task) then
    v_set := v_set - array['parent_task_id', 'parent_step_no'];
  end if;
  if task.forked_from_task_id is not null and pawl.is_a_fork(task) then
    v_set := v_set - array['forked_from_task_id', 'forked_from_revision'];
  end if;
  if v_set <> '{}' then
    raise exception using
      errcode = 'PW107',
      message = format('%s is set by the engine, not by the caller',
        (select min(name) from jsonb_object_keys(v_set) as name)),
      hint = 'Insert machine and input, and if you like key, priority, run_at, labels and budget.';
  end if;
end
$$;
comment on function pawl.refuse_engine_columns(pawl.tasks) is
  'Refuses an insert that sets a column which is the engine''s, with PW107.';
