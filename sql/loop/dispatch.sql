-- Most of the time nothing is due, and one look says so.  What is due one worker at a time does; the
-- others, who were told of the same moment, come back a little later in case it did not.  Everybody
-- is told when to come next, so nobody polls.
create or replace function pawl.dispatch()
returns table (done bigint, next_ms integer)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rest_ms constant integer := 1000;
  v_slots_ms constant integer := 100;
  v_again_ms constant integer := 50;
begin
  done := 0;
  next_ms := pawl.due_in_ms(v_rest_ms);
  if next_ms > 0 and not exists (select from pawl.limit_queue) then
    return next;
    return;
  end if;
  if not pg_try_advisory_xact_lock(hashtext('pawl'), hashtext('dispatch')) then
    next_ms := v_again_ms;
    return next;
    return;
  end if;
  done := pawl.wake_due() + pawl.run_schedules();
  if exists (select from pawl.limit_queue) then
    done := done + pawl.hand_out_slots();
  end if;
  next_ms := pawl.due_in_ms(
    case when exists (select from pawl.limit_queue) then v_slots_ms else v_rest_ms end
  );
  -- What is due and somebody else holds is not asked for again at once.
  if done = 0 then
    next_ms := greatest(next_ms, v_again_ms);
  end if;
  return next;
end
$$;
comment on function pawl.dispatch() is
  'One tick: does what is due; returns how much that was, and in how many milliseconds to come again.';
