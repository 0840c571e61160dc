-- What people did to a task stands among its events, with their reason; no machine sees it.
create or replace function pawl.note_control(
  task          pawl.tasks,
  type          text,
  reason        text,
  with_task_id  uuid default null
)
returns bigint
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.events (
    task_id, cause, type, payload, sent_by, created_at, consumed_revision
  )
  values (
    task.task_id, 'engine', note_control.type,
    jsonb_strip_nulls(jsonb_build_object(
      'type', note_control.type, 'reason', note_control.reason, 'with', note_control.with_task_id
    )),
    session_user, pawl.clock(), task.revision
  )
  returning event_no
$$;
comment on function pawl.note_control(pawl.tasks, text, text, uuid) is
  'private: notes who did what to a task, and why, as an event that is taken already.';
