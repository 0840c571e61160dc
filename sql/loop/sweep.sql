-- What nobody else will do: bury silent workers, free what nobody who lives has locked, wake tasks
-- whose wake-up was lost, close the calls that died with their attempt.  What another one holds is
-- skipped.  While Postgres was down nobody could show a sign of life, and nobody is buried for that:
-- a silent worker is one that was silent while another one was not.
create or replace function pawl.sweep(patience interval default '30 seconds')
returns table (buried bigint, woken bigint, orphans bigint)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rare constant interval := '5 seconds';
  v_dead uuid[];
  v_lost uuid[];
  v_stopped uuid[];
begin
  v_dead := array(
    select w.worker_id
    from pawl.workers as w
    where w.stopped_at is null
      and w.buried_at is null
      and w.heartbeat_at < pawl.clock() - w.lease
      and pawl.is_witnessed(w.heartbeat_at, w.lease)
    order by w.worker_id
    for no key update skip locked
  );
  buried := cardinality(v_dead);
  if buried > 0 then
    update pawl.workers as w
    set buried_at = pawl.clock()
    where w.worker_id = any (v_dead);
  end if;
  select
    coalesce(array_agg(e.worker_id) filter (where e.buried), '{}'),
    coalesce(array_agg(e.worker_id) filter (where not e.buried), '{}')
  into v_lost, v_stopped
  from pawl.ended_with_work() as e;
  if cardinality(v_dead || v_lost) > 0 then
    perform pawl.recover_attempts(v_dead || v_lost, 'lost');
  end if;
  if cardinality(v_stopped) > 0 then
    perform pawl.recover_attempts(v_stopped, 'handed_back');
  end if;
  woken := pawl.wake_forgotten(sweep.patience);
  orphans := 0;
  if pawl.take_tick('orphans', v_rare) then
    perform pawl.unlock_jobs(sweep.patience);
    orphans := pawl.settle_orphans();
  end if;
  return next;
end
$$;
comment on function pawl.sweep(interval) is
  'One tick: buries workers silent for longer than their lease, wakes forgotten tasks, frees jobs, settles orphaned calls.';
