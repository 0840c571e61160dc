-- An action may outlive its task.
create or replace function pawl.steps_to_stop(task_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select jsonb_agg(s.step_no order by s.step_no)
  from pawl.steps as s
  where s.task_id = steps_to_stop.task_id
    and s.delivered_revision is null
    and s.status <> 'stopped'
    and s.kind <> 'action'
$$;
comment on function pawl.steps_to_stop(uuid) is
  'private: the open steps of a task, and those whose results wait, as pawl.commit takes them.';
