-- The child begins as a task like any other, with its parent's labels and priority.  What cannot
-- begin is an answer, not a fault: the parent's machine says what follows.
create or replace function pawl.start_child(task_id uuid, step_no integer, machine text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_child_id uuid;
begin
  insert into pawl.tasks (machine, input, priority, labels, parent_task_id, parent_step_no)
  select start_child.machine, s.input, t.priority, t.labels, s.task_id, s.step_no
  from pawl.steps as s
  join pawl.tasks as t on t.task_id = s.task_id and t.task_id = start_child.task_id
  where s.task_id = start_child.task_id
    and s.step_no = start_child.step_no
  returning tasks.task_id into v_child_id;
  update pawl.steps as s
  set child_task_id = v_child_id
  where s.task_id = start_child.task_id
    and s.step_no = start_child.step_no;
  perform pawl.carve_budget(start_child.task_id, v_child_id);
exception
  when sqlstate 'PW101' or sqlstate 'PW102' or sqlstate 'PW103' or sqlstate 'PW104' then
    update pawl.steps as s
    set status = 'failed',
        error = jsonb_build_object(
          'name', 'Refusal', 'code', sqlstate, 'message', sqlerrm, 'machine', start_child.machine
        ),
        closed_at = pawl.clock()
    where s.task_id = start_child.task_id
      and s.step_no = start_child.step_no;
    perform pawl.enqueue(array[start_child.task_id]);
end
$$;
comment on function pawl.start_child(uuid, integer, text) is
  'private: begins the child task of an open step; its step fails where the machine or its input schema refuses.';
