-- Locks first (what somebody else holds is busy and rides in the next flush), then one look at
-- everything an answer depends on, by a statement that sees what the locks protect.  Who was
-- buried is fenced in everything, or it would begin steps that nobody looks for.
create or replace function pawl.judge_items(items jsonb)
returns pawl.commit_item[]
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_items pawl.commit_item[];
  v_task_ids uuid[];
  v_locked uuid[];
begin
  v_items := array(select i from jsonb_populate_recordset(null::pawl.commit_item, items) as i);
  v_task_ids := array(select i.task_id from unnest(v_items) as i);
  v_locked := array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_task_ids)
    order by t.task_id
    for no key update skip locked
  );
  return array(
    select (
      i.item_no,
      case
        when i.task_id <> all (v_locked) then 'busy'
        when i.step is not null and a.task_id is null then 'fenced'
        when t.finished_at is not null then 'fenced'
        when w.buried_at is not null or w.stopped_at is not null then 'fenced'
        when t.revision <> i.revision or t.status = 'paused' then 'deferred'
        when i.transition is not null and e.edge_no is null then 'illegal'
        else 'accepted'
      end,
      i.task_id, i.revision, i.commit_id, i.worker_id, i.release, i.step, i.transition, i.snapshot,
      i.state, i.status, i.output, i.error, i.open_steps, i.stop_steps, i.set_timers,
      i.remove_timers, i.attach
    )::pawl.commit_item
    from unnest(v_items) as i
    left join pawl.tasks as t on t.task_id = i.task_id and t.task_id = any (v_task_ids)
    left join pawl.workers as w on w.worker_id = i.worker_id
    left join pawl.attempts as a
      on a.task_id = i.task_id
      and a.task_id = any (v_task_ids)
      and a.step_no = (i.step ->> 'step_no')::integer
      and a.attempt = (i.step ->> 'attempt')::integer
      and a.worker_id = i.worker_id
      and a.finished_at is null
    left join pawl.machine_edges as e
      on e.machine_id = t.machine_id
      and e.edge_no = (i.transition ->> 'edge_no')::integer
      and e.from_state = t.state
      and e.to_state = i.transition ->> 'to_state'
    order by i.item_no
  );
end
$$;
comment on function pawl.judge_items(jsonb) is 'private: parses, locks and answers the items of pawl.commit.';
