create or replace function pawl.resume_task(task_id uuid, reason text default null)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
begin
  perform pawl.refuse_finished(v_task);
  if v_task.status <> 'paused' then
    return false;
  end if;
  update pawl.tasks as t
  set status = 'ready',
      updated_at = pawl.clock()
  where t.task_id = resume_task.task_id;
  perform pawl.go_on_after_pause(v_task);
  perform pawl.note_control(v_task, 'pawl.resumed', reason);
  perform pawl.wake_tasks(array[resume_task.task_id]);
  return true;
end
$$;
comment on function pawl.resume_task(uuid, text) is
  'Lets a paused task go on. False where it was not paused; PW205 where it is over.';
