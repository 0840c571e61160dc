-- What nobody else will do: bury silent workers, wake ready tasks whose wake-up was lost, close
-- the calls that died with their attempt.  Ticks in every worker; what another one holds is skipped.
-- While Postgres was down nobody could show a sign of life, and nobody is buried for that.
create or replace function pawl.sweep(lease interval default '4.5 seconds', patience interval default '30 seconds')
returns table (buried bigint, woken bigint, orphans bigint)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_dead uuid[];
  v_over uuid[];
  v_stopped uuid[];
begin
  v_dead := array(
    select w.worker_id
    from pawl.workers as w
    where w.stopped_at is null
      and w.buried_at is null
      and w.heartbeat_at < pawl.clock() - sweep.lease
      and pg_postmaster_start_time() < pawl.clock() - sweep.lease
    order by w.worker_id
    for no key update skip locked
  );
  update pawl.workers as w
  set buried_at = pawl.clock()
  where w.worker_id = any (v_dead);
  buried := cardinality(v_dead);
  -- What a worker began while it was being buried, or what was locked then.
  select
    coalesce(array_agg(distinct w.worker_id) filter (where w.buried_at is not null), '{}'),
    coalesce(array_agg(distinct w.worker_id) filter (where w.stopped_at is not null), '{}')
  into v_over, v_stopped
  from pawl.attempts as a
  join pawl.workers as w using (worker_id)
  where a.outcome is null
    and (w.buried_at is not null or w.stopped_at is not null);
  if cardinality(v_dead || v_over) > 0 then
    perform pawl.recover_attempts(v_dead || v_over, 'lost');
  end if;
  if cardinality(v_stopped) > 0 then
    perform pawl.recover_attempts(v_stopped, 'handed_back');
  end if;
  woken := pawl.wake_forgotten(sweep.patience);
  orphans := pawl.settle_orphans();
  return next;
end
$$;
comment on function pawl.sweep(interval, interval) is
  'One tick: buries workers silent for longer than the lease, wakes forgotten tasks, settles orphaned calls.';
