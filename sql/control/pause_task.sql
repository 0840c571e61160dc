-- What is in hand finishes, and its result is kept until the task goes on; nothing new begins.  The
-- wall clock stands still, as it does for a person.
create or replace function pawl.pause_task(task_id uuid, reason text default null)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
begin
  perform pawl.refuse_finished(v_task);
  if v_task.status = 'paused' then
    return false;
  end if;
  perform pawl.note_control(v_task, 'pawl.paused', reason);
  update pawl.tasks as t
  set status = 'paused',
      updated_at = pawl.clock()
  where t.task_id = pause_task.task_id;
  update pawl.timers as m
  set fire_at = 'infinity'
  where m.task_id = pause_task.task_id
    and m.timer_id = 'pawl.deadline';
  return true;
end
$$;
comment on function pawl.pause_task(uuid, text) is
  'Lets a task rest: nothing new of it begins until pawl.resume_task. False where it rests already; PW205 where it is over.';
