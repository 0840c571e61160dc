-- What a worker began while it was being buried, or what was locked then.  As a rule that is found
-- within the next ticks; every attempt in hand is looked at only now and again.
create or replace function pawl.ended_with_work()
returns table (worker_id uuid, buried boolean)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_rare constant interval := '20 seconds';
  v_recent constant interval := '1 minute';
  v_recently uuid[];
begin
  if pawl.take_tick('ended_with_work', v_rare) then
    return query
    select distinct w.worker_id, w.buried_at is not null
    from pawl.attempts as a
    join pawl.workers as w on w.worker_id = a.worker_id
    where a.outcome is null
      and (w.buried_at is not null or w.stopped_at is not null)
    union
    select w.worker_id, w.buried_at is not null
    from pawl.workers as w
    where w.kept_task_ids <> '{}'
      and (w.buried_at is not null or w.stopped_at is not null);
    return;
  end if;
  v_recently := array(
    select w.worker_id
    from pawl.workers as w
    where coalesce(w.buried_at, w.stopped_at) > pawl.clock() - v_recent
  );
  if cardinality(v_recently) > 0 then
    return query
    select w.worker_id, w.buried_at is not null
    from pawl.workers as w
    where w.worker_id = any (v_recently)
      and (w.kept_task_ids <> '{}' or exists (
        select from pawl.attempts as a
        where a.worker_id = w.worker_id
          and a.outcome is null
      ));
  end if;
end
$$;
comment on function pawl.ended_with_work() is
  'private: workers buried (or else stopped) that still have attempts in hand, or keep a suspect.';
