create or replace function pawl.submit_task(
  machine   text,
  input     jsonb,
  key       text default null,
  priority  integer default 0,
  run_at    timestamptz default null,
  labels    jsonb default '{}',
  budget    jsonb default null
)
returns uuid
language plpgsql
set search_path = pawl, pg_temp
as $$
declare
  v_task_id uuid;
begin
  insert into pawl.tasks (machine, input, key, priority, run_at, labels, budget)
  values (
    submit_task.machine, submit_task.input, submit_task.key, submit_task.priority,
    submit_task.run_at, submit_task.labels, submit_task.budget
  )
  returning task_id into v_task_id;
  if v_task_id is null then
    v_task_id := pawl.task_of_key(submit_task.machine, submit_task.key);
  end if;
  return v_task_id;
end
$$;
comment on function pawl.submit_task(text, jsonb, text, integer, timestamptz, jsonb, jsonb) is
  'Inserts a task and returns its id; with a key seen before (and the same input) the first task''s id.';
