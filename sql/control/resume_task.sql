-- With it go on those below that were paused by the same word; who was paused for itself rests on.
create or replace function pawl.resume_task(task_id uuid, reason text default null)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
  v_ids uuid[];
begin
  perform pawl.refuse_finished(v_task);
  if v_task.status <> 'paused' then
    return false;
  end if;
  v_ids := array[resume_task.task_id] || pawl.lock_below(resume_task.task_id);
  v_ids := array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_ids)
      and t.status = 'paused'
      and pawl.paused_with(t.task_id) = pawl.paused_with(resume_task.task_id)
  );
  update pawl.tasks as t
  set status = 'ready',
      updated_at = pawl.clock()
  where t.task_id = any (v_ids);
  perform pawl.go_on_after_pause(t), pawl.note_control(t, 'pawl.resumed', reason)
  from pawl.tasks as t
  where t.task_id = any (v_ids);
  perform pawl.wake_tasks(v_ids);
  return true;
end
$$;
comment on function pawl.resume_task(uuid, text) is
  'Lets a paused task go on, and those below it that were paused with it. False where it was not paused; PW205 where it is over.';
