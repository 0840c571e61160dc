create or replace function pawl.put_event(task_id uuid, cause text, payload jsonb)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_event_no bigint;
begin
  insert into pawl.events (task_id, cause, type, payload, sent_by, created_at)
  values (put_event.task_id, put_event.cause, payload ->> 'type', payload, session_user, pawl.clock())
  returning event_no into v_event_no;
  perform pawl.wake_tasks(array[put_event.task_id]);
  return v_event_no;
end
$$;
comment on function pawl.put_event(uuid, text, jsonb) is 'private: puts an event into a task''s inbox and wakes the task.';
