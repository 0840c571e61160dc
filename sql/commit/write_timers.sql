-- A timer that fired while the task was leaving its state goes with it: its event, still in the
-- inbox, would be taken for the next time's.
-- What one move sets for the same moment fires in the order in which it was set.
create or replace function pawl.write_timers(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id
    from unnest(write_timers.items) as i
    where i.answer = 'accepted'
      and (i.remove_timers is not null or i.set_timers is not null)
  );
begin
  delete from pawl.timers as m
  using unnest(write_timers.items) as i
  where i.answer = 'accepted'
    and m.task_id = i.task_id
    and m.task_id = any (v_task_ids)
    and (
      i.remove_timers ? m.timer_id
      or i.set_timers @> jsonb_build_array(jsonb_build_object('timer_id', m.timer_id))
    );
  delete from pawl.events as e
  using unnest(write_timers.items) as i
  where i.answer = 'accepted'
    and e.task_id = i.task_id
    and e.task_id = any (v_task_ids)
    and e.cause = 'timer'
    and e.consumed_revision is null
    and (
      i.remove_timers ? e.timer_id
      or i.set_timers @> jsonb_build_array(jsonb_build_object('timer_id', e.timer_id))
    );
  insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision, sends_to)
  select
    i.task_id, s.timer_id,
    pawl.clock() + s.delay_ms * interval '1 millisecond' + (s.at - 1) * interval '1 microsecond',
    s.event, i.revision + 1, s.sends_to
  from unnest(write_timers.items) as i
  cross join lateral rows from (
    jsonb_to_recordset(i.set_timers) as (timer_id text, delay_ms bigint, event jsonb, sends_to integer)
  ) with ordinality as s (timer_id, delay_ms, event, sends_to, at)
  where i.answer = 'accepted'
    and i.status not in ('succeeded', 'failed', 'cancelled')
    and i.set_timers is not null
  on conflict on constraint timers_pk do update
  set fire_at = excluded.fire_at,
      event = excluded.event,
      set_revision = excluded.set_revision,
      sends_to = excluded.sends_to;
end
$$;
comment on function pawl.write_timers(pawl.commit_item[]) is 'private: sets and removes timers.';
