-- What ended wakes nobody any more, but for the pauses of actions.  Who was stopped by an error may
-- be retried, and then has of each timer what was left; so has a child that was cancelled with its
-- parent, or for itself.
create or replace function pawl.still_timers(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ended uuid[] := array(
    select i.task_id
    from unnest(still_timers.items) as i
    where i.answer = 'accepted'
      and i.status in ('succeeded', 'failed', 'cancelled')
  );
  v_stopped uuid[] := array(
    select i.task_id
    from unnest(still_timers.items) as i
    where i.answer = 'accepted'
      and (i.transition ->> 'event' = 'pawl.stopped'
        or (i.transition ->> 'event' = 'pawl.cancelled' and exists (
          select from pawl.tasks as t
          where t.task_id = i.task_id
            and t.parent_task_id is not null
        )))
  );
begin
  delete from pawl.timers as m
  where m.task_id = any (v_ended)
    and m.kind <> 'pause'
    and (m.kind <> 'event' or m.task_id <> all (v_stopped));
  if cardinality(v_stopped) > 0 then
    update pawl.timers as m
    set left_ms = greatest(0, ceil(extract(epoch from m.fire_at - pawl.clock()) * 1000)),
        fire_at = 'infinity'
    where m.task_id = any (v_stopped)
      and m.kind = 'event'
      and isfinite(m.fire_at);
  end if;
end
$$;
comment on function pawl.still_timers(pawl.commit_item[]) is
  'private: removes the timers of tasks that ended; those of tasks that may be retried sleep.';
