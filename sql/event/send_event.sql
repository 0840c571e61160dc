-- Sent again under the same key it is the same event, also when its task has taken it and ended.
create or replace function pawl.send_event(task_id uuid, event jsonb, key text default null)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_bytes_max constant integer := 1048576;
  v_inbox_max constant integer := 1000;
  v_machine pawl.machines;
  v_finished timestamptz;
  v_known bigint := pawl.event_of_key(task_id, key, event);
begin
  if v_known is not null then
    return v_known;
  end if;
  select t.finished_at into v_finished from pawl.tasks as t where t.task_id = send_event.task_id;
  if not found then
    raise exception using
      errcode = 'PW201',
      message = format('there is no task %s', send_event.task_id),
      hint = 'select task_id, machine, status from pawl.tasks where finished_at is null;';
  end if;
  select m.* into v_machine
  from pawl.tasks as t
  join pawl.machines as m using (machine_id)
  where t.task_id = send_event.task_id;
  if v_finished is not null then
    raise exception using
      errcode = 'PW202',
      message = 'the task is finished and takes no more events',
      hint = format('select state, status, output, error from pawl.tasks where task_id = %L;', task_id);
  end if;
  perform pawl.check_event(event, v_machine);
  if length(key) not between 1 and 200 then
    raise exception using
      errcode = 'PW110',
      message = 'the key has not 1 to 200 characters',
      hint = 'key: your own name for this event, so that sending it again sends nothing.';
  end if;
  if octet_length(event::text) > v_bytes_max or v_inbox_max <= (
    select count(*) from pawl.events as e
    where e.task_id = send_event.task_id
      and e.consumed_revision is null
  ) then
    raise exception using
      errcode = 'PW104',
      message = 'the event has more than 1 MB, or its task has 1000 that wait',
      hint = 'Send a reference to what is large; let the task take what it has.';
  end if;
  return pawl.put_event(send_event.task_id, 'event', event, key);
end
$$;
comment on function pawl.send_event(uuid, jsonb, text) is
  'Sends {"type": …, …} to a task, in the sender''s transaction, and locks no task. Returns the event_no; with a key sent before, the first one''s.';
