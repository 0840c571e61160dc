-- Locks no task: whoever has it in hand goes on, however long the sender's transaction stays open.
create or replace function pawl.put_event(
  task_id  uuid,
  cause    text,
  payload  jsonb,
  key      text default null
)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_event_no bigint;
begin
  -- Waits for another transaction that holds the same key.
  insert into pawl.events (task_id, cause, type, payload, key, sent_by, created_at)
  values (
    put_event.task_id, put_event.cause, payload ->> 'type', payload, put_event.key, session_user,
    pawl.clock()
  )
  on conflict do nothing
  returning event_no into v_event_no;
  if v_event_no is null then
    return pawl.event_of_key(put_event.task_id, put_event.key, put_event.payload);
  end if;
  perform pawl.enqueue(array[put_event.task_id]);
  return v_event_no;
end
$$;
comment on function pawl.put_event(uuid, text, jsonb, text) is
  'private: puts an event into a task''s inbox and enqueues a wake-up.';
