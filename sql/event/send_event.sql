-- What no present state takes waits in the inbox; what no state ever takes is refused here.  The
-- engine's own event types cannot be sent by hand: a decision is made by deciding a review.
create or replace function pawl.send_event(task_id uuid, event jsonb)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_bytes_max constant integer := 1048576;
  v_inbox_max constant integer := 1000;
  v_takes text[];
  v_finished timestamptz;
begin
  select m.takes, t.finished_at into v_takes, v_finished
  from pawl.tasks as t
  join pawl.machines as m using (machine_id)
  where t.task_id = send_event.task_id;
  if not found then
    raise exception using
      errcode = 'PW201',
      message = format('there is no task %s', send_event.task_id),
      hint = 'select task_id, machine, status from pawl.tasks where finished_at is null;';
  end if;
  if jsonb_typeof(event) is distinct from 'object'
    or jsonb_typeof(event -> 'type') is distinct from 'string'
    or event ->> 'type' ~ '^(xstate|pawl|review|budget)\.'
    or v_finished is not null
    or not exists (
      select from unnest(v_takes) as d
      where d = event ->> 'type'
        or d = '*'
        or (d like '%.*' and starts_with((event ->> 'type') || '.', left(d, -1)))
    )
  then
    raise exception using
      errcode = 'PW202',
      message = case when v_finished is not null
        then 'the task is finished and takes no more events'
        else format('this machine never takes the event %L', left(event ->> 'type', 80))
      end,
      hint = 'It takes: ' || coalesce(nullif(array_to_string(array(
        select d from unnest(v_takes) as d where d !~ '^(pawl|review|budget)\.'
      ), ', '), ''), 'nothing from outside') || '. An event is {"type": "…", …}.';
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
  return pawl.put_event(send_event.task_id, 'event', event);
end
$$;
comment on function pawl.send_event(uuid, jsonb) is
  'Sends {"type": …, …} to a task, in the sender''s transaction. Returns the event_no.';
