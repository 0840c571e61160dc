-- A ready task that nobody has in hand, or one of whose steps nobody has, and that nobody has woken
-- for long; an event that nobody has looked at in the present state; a step whose pause is long
-- over, whatever is done beside it; a result that nobody delivered.  While a job of its machine
-- version is overdue the queue is merely long, or nobody serves it, and waking again would only
-- make it longer.
create or replace function pawl.forgotten_among(task_ids uuid[], patience interval)
returns uuid[]
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := array(select i from unnest(forgotten_among.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
  v_before timestamptz := pawl.clock() - patience;
  v_asleep uuid[];
  v_queued bigint[];
begin
  v_asleep := array(
    select t.task_id
    from pawl.events as e
    join pawl.tasks as t on t.task_id = e.task_id and t.task_id between v_first and v_last
    where e.task_id = any (v_ids)
      and e.task_id between v_first and v_last
      and e.consumed_revision is null
      and e.created_at < v_before
      and e.seen_revision is distinct from t.revision
      and t.finished_at is null
      and t.status <> 'paused'
      and t.woken_at < v_before
      and t.run_at < v_before
    union
    select t.task_id
    from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.task_id and t.task_id between v_first and v_last
    where s.task_id = any (v_ids)
      and s.task_id between v_first and v_last
      and s.status = 'open'
      -- The same in the words of the index: it leads past all that a long life has closed.
      and s.delivered_revision is null
      and s.status <> 'stopped'
      and (s.wake_at < v_before or (
        s.waits_for = 'limit'
        and not pawl.stands_in_line(s.task_id, s.step_no, v_before)
      ))
      -- Ready it is while another step is in hand; this one is not: a claim takes both marks away.
      and t.status in ('ready', 'waiting')
      and t.woken_at < v_before
  ) || pawl.unheld_among(v_ids, v_before)
    || pawl.undelivered_among(v_ids, v_before);
  if cardinality(v_asleep) = 0 then
    return v_asleep;
  end if;
  v_queued := array(
    select m.machine_id
    from pawl.machines as m
    where m.machine_id in (select t.machine_id from pawl.tasks as t where t.task_id = any (v_asleep))
      and pawl.is_queued(m.machine_id, pawl.clock() - interval '2 seconds')
  );
  return array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_asleep)
      and t.machine_id <> all (v_queued)
    order by t.task_id
    for no key update skip locked
  );
end
$$;
comment on function pawl.forgotten_among(uuid[], interval) is
  'private: those of these tasks that should have been looked at longer ago than patience, locked.';
