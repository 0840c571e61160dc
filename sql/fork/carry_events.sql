-- What had come from outside and nobody had taken when that revision was left waits in the fork,
-- too, in its order.  What made the task leave does not: then the fork would go the same way.
create or replace function pawl.carry_events(from_task_id uuid, to_task_id uuid, revision bigint)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.events (task_id, cause, type, payload, key, sent_by, created_at)
  select to_task_id, e.cause, e.type, e.payload, e.key, e.sent_by, e.created_at
  from pawl.events as e
  where e.task_id = from_task_id
    and e.cause = 'event'
    and (e.consumed_revision is null or e.consumed_revision > carry_events.revision + 1)
    and e.created_at <= coalesce((
      select m.created_at
      from pawl.transitions as m
      where m.task_id = from_task_id
        and m.revision = carry_events.revision + 1
    ), 'infinity')
  order by e.event_no
$$;
comment on function pawl.carry_events(uuid, uuid, bigint) is
  'private: copies the events that waited for a task when it left that revision, to its fork.';
