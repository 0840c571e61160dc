-- The one door.  Every change of a task's state goes through here, as a batch of items, each for
-- another task.  Foreseen faults are answered item by item, before anything is written; an
-- unforeseen error fails the whole call, and the worker halves the batch until the culprit stands
-- alone.  Answers: accepted, deferred, fenced, busy, illegal; unclaimed is accepted, too, but of a
-- machine with a limit, so no step was begun.
-- Attempts end before any budget is touched: a call that is being begun holds its attempt and asks
-- for its budget, and what it has promised by then is counted by what follows.
-- What no item of the batch asks for is not looked for: most batches only close a step, take a
-- transition and open the next.
create or replace function pawl.commit(items jsonb)
returns table (item_no integer, answer text)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_items pawl.commit_item[] := pawl.judge_items(commit.items);
  v_has record;
  v_unclaimed integer[] := '{}';
begin
  if exists (select from pawl.limits) then
    v_unclaimed := pawl.limited_items(v_items);
    v_items := pawl.leave_unclaimed(v_items, v_unclaimed);
  end if;
  select
    bool_or(i.step is not null) as steps,
    bool_or(i.step is not null and i.answer = 'deferred') as deferred,
    bool_or(i.transition ->> 'cause' not in ('start', 'step')
      or (i.step is null and i.transition ->> 'cause' = 'step')) as causes,
    bool_or(i.attach is not null) as attachments,
    bool_or(i.stop_steps is not null) as stops,
    bool_or(i.open_steps is not null) as opens,
    bool_or(i.open_steps @> '[{"claimed": true}]') as goes_on,
    bool_or(i.set_timers is not null or i.remove_timers is not null) as timers,
    bool_or(i.status in ('succeeded', 'failed', 'cancelled')) as ends,
    bool_or(i.beyond is not null) as beyonds
  into v_has
  from unnest(v_items) as i;
  if v_has.steps then
    perform pawl.close_steps(v_items);
  end if;
  if v_has.stops then
    perform pawl.stop_steps(v_items);
  end if;
  if v_has.deferred then
    perform pawl.wake_deferred(v_items);
  end if;
  perform pawl.write_transitions(v_items);
  if v_has.causes then
    perform pawl.take_causes(v_items);
  end if;
  if v_has.attachments then
    perform pawl.write_attachments(v_items);
  end if;
  perform pawl.write_tasks(v_items);
  if v_has.ends then
    perform pawl.end_tasks(v_items);
  end if;
  if v_has.opens then
    perform pawl.open_steps(v_items);
  end if;
  if v_has.goes_on then
    perform pawl.wake_others(v_items);
  end if;
  if v_has.timers then
    perform pawl.write_timers(v_items);
  end if;
  if v_has.beyonds then
    perform pawl.write_beyond(v_items);
  end if;
  return query
  select i.item_no, case when i.item_no = any (v_unclaimed) then 'unclaimed' else i.answer end
  from unnest(v_items) as i;
end
$$;
comment on function pawl.commit(jsonb) is
  'Writes a batch of moves: close a step, take a transition, open the next steps. One answer per item.';
