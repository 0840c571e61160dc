-- What a worker has no room for goes back as it came, so that it keeps its place in the queue.
create or replace function pawl.pass_on(
  identifier  text,
  task_ids    uuid[],
  priority    integer,
  run_at      timestamptz
)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select graphile_worker.add_job(
    identifier => pass_on.identifier,
    payload => to_json(pass_on.task_ids),
    run_at => pass_on.run_at,
    priority => pass_on.priority::smallint
  )
$$;
comment on function pawl.pass_on(text, uuid[], integer, timestamptz) is
  'Hands a part of a wake-up to whoever has room: nothing changes but who gets it.';
