-- Who rests because a task above was paused says which: so it goes on with that one, and no sooner.
create or replace function pawl.put_to_rest(task pawl.tasks, with_task_id uuid, reason text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  perform pawl.note_control(task, 'pawl.paused', put_to_rest.reason,
    nullif(put_to_rest.with_task_id, task.task_id));
  update pawl.tasks as t
  set status = 'paused',
      updated_at = pawl.clock()
  where t.task_id = task.task_id;
  update pawl.timers as m
  set fire_at = 'infinity'
  where m.task_id = task.task_id
    and m.timer_id = 'pawl.deadline';
end
$$;
comment on function pawl.put_to_rest(pawl.tasks, uuid, text) is
  'private: pauses one task, because of itself or with one above it.';
