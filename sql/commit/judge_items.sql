-- Locks first (what somebody else holds is busy, and is asked about again), then one look at
-- everything an answer depends on, by a statement that sees what the locks protect.  Who was
-- buried is fenced in everything, or it would begin steps that nobody looks for.  (Whoever closes a
-- step ends its attempts, so who still has one has an open step.)
-- Each item is looked up by its own keys (`lateral … offset 0` says so to the planner, whatever
-- its statistics say); the range of ids is what lets the partitions be pruned.
create or replace function pawl.judge_items(items jsonb)
returns pawl.commit_item[]
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_items pawl.commit_item[] := array(select i from jsonb_populate_recordset(null::pawl.commit_item, items) as i);
  v_task_ids uuid[];
  v_first uuid;
  v_last uuid;
  v_to_lock uuid[];
  v_locked uuid[];
  v_all boolean;
begin
  v_task_ids := array(select i.task_id from unnest(v_items) as i order by i.task_id);
  v_first := v_task_ids[1];
  v_last := v_task_ids[cardinality(v_task_ids)];
  v_to_lock := v_task_ids || pawl.parents_of(v_items);
  v_locked := pawl.lock_tasks(v_to_lock);
  v_all := cardinality(v_locked) = cardinality(v_to_lock);
  return array(
    select (
      i.item_no,
      case
        when not v_all and i.task_id <> all (v_locked) then 'busy'
        when not v_all and t.parent_task_id = any (v_to_lock) and t.parent_task_id <> all (v_locked)
          and i.status in ('succeeded', 'failed', 'cancelled') then 'busy'
        when i.step is not null and not coalesce(a.held, false) then 'fenced'
        when t.finished_at is not null then 'fenced'
        when w.buried_at is not null or w.stopped_at is not null then 'fenced'
        when t.revision <> i.revision or t.status = 'paused' then 'deferred'
        when i.transition ->> 'cause' in ('event', 'timer', 'review', 'child')
          and pawl.is_consumed(i.task_id, (i.transition ->> 'cause_no')::bigint) then 'deferred'
        when i.transition is not null and e.edge_no is null then 'illegal'
        else 'accepted'
      end,
      i.task_id, i.revision, i.commit_id, i.worker_id, i.release, i.step, i.transition, i.snapshot,
      i.state, i.status, i.output, i.error, i.open_steps, i.stop_steps, i.set_timers,
      i.remove_timers, i.attach, i.beyond, t.machine_id, t.state
    )::pawl.commit_item
    from unnest(v_items) as i
    left join pawl.workers as w on w.worker_id = i.worker_id
    left join lateral (
      select m.machine_id, m.state, m.status, m.revision, m.finished_at, m.parent_task_id
      from pawl.tasks as m
      where m.task_id = i.task_id
        and m.task_id between v_first and v_last
      offset 0
    ) as t on true
    left join lateral (
      select h.worker_id = i.worker_id and h.finished_at is null as held
      from pawl.attempts as h
      where h.task_id = i.task_id
        and h.task_id between v_first and v_last
        and h.step_no = (i.step ->> 'step_no')::integer
        and h.attempt = (i.step ->> 'attempt')::integer
      offset 0
    ) as a on i.step is not null
    left join pawl.machine_edges as e
      on e.machine_id = t.machine_id
      and e.edge_no = (i.transition ->> 'edge_no')::integer
      and e.from_state = t.state
      and e.to_state = i.transition ->> 'to_state'
  );
end
$$;
comment on function pawl.judge_items(jsonb) is 'private: parses, locks and answers the items of pawl.commit.';
