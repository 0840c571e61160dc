-- Between machines, and of a timer, an event that no present state takes is gone, as in XState.  What
-- the engine itself set the timer for (a deadline) waits for a state that takes it.
create or replace function pawl.drop_event(task_id uuid, event_no bigint, revision bigint)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  if not pawl.lock_task(task_id) then
    return null;
  end if;
  update pawl.events as e
  set consumed_revision = drop_event.revision
  where e.task_id = drop_event.task_id
    and e.event_no = drop_event.event_no
    and (e.cause = 'child' or (e.cause = 'timer' and not starts_with(e.type, 'pawl.')))
    and e.consumed_revision is null
    and exists (
      select from pawl.tasks as t
      where t.task_id = drop_event.task_id
        and t.revision = drop_event.revision
    );
  return true;
end
$$;
comment on function pawl.drop_event(uuid, bigint, bigint) is
  'Lets go of an event from another task or of a timer that no state takes at this revision. Null, and nothing is done, while somebody else holds its task''s row.';
