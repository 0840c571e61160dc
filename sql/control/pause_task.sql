-- What is in hand finishes, and its result is kept until the task goes on; nothing new begins.  The
-- wall clock stands still, as it does for a person.  So it is for all that lives below the task.
create or replace function pawl.pause_task(task_id uuid, reason text default null)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
  v_below uuid[];
begin
  perform pawl.refuse_finished(v_task);
  if v_task.status = 'paused' then
    return false;
  end if;
  v_below := pawl.lock_below(pause_task.task_id);
  perform pawl.put_to_rest(t, pause_task.task_id, reason)
  from pawl.tasks as t
  where t.task_id = any (array[pause_task.task_id] || v_below)
    and t.status <> 'paused';
  return true;
end
$$;
comment on function pawl.pause_task(uuid, text) is
  'Lets a task and its children rest: nothing new of them begins until pawl.resume_task. False where it rests already; PW205 where it is over.';
