create or replace function pawl.event_of_key(task_id uuid, key text, payload jsonb)
returns bigint
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_event pawl.events;
begin
  select e.* into v_event
  from pawl.events as e
  where e.task_id = event_of_key.task_id
    and e.key = event_of_key.key;
  if found and v_event.payload is distinct from event_of_key.payload then
    raise exception using
      errcode = 'PW106',
      message = 'this key was used before, with another event',
      hint = 'A key stands for one event of one task. Use another key, or send the same event.';
  end if;
  return v_event.event_no;
end
$$;
comment on function pawl.event_of_key(uuid, text, jsonb) is
  'private: the event sent to this task under this key; null where there is none, PW106 where it was another one.';
