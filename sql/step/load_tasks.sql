-- Everything advance needs to decide about these tasks, in one read.  What is finished, paused or
-- not due yet is left out.  Every table is asked by the array itself, not by a join on tasks, and
-- by the range of the ids: that is what lets the partitions be pruned before they are opened.
create or replace function pawl.load_tasks(task_ids uuid[])
returns table (
  task_id       uuid,
  machine_id    bigint,
  state         text,
  status        text,
  revision      bigint,
  input         jsonb,
  snapshot      jsonb,
  open_steps    jsonb,
  undelivered   jsonb,
  inbox         jsonb,
  next_step_no  integer
)
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := array(select i from unnest(load_tasks.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
begin
  return query
  with held as materialized (
    select a.task_id, a.step_no
    from pawl.attempts as a
    where a.task_id = any (v_ids)
      and a.task_id between v_first and v_last
      and a.finished_at is null
  ),
  stepped as materialized (
    select
      s.task_id,
      jsonb_agg(pawl.open_step(s, h.step_no is null) order by s.step_no)
        filter (where s.status = 'open') as open_steps,
      jsonb_agg(pawl.undelivered_step(s) order by s.step_no)
        filter (where s.status <> 'open' and s.kind <> 'action') as undelivered
    from pawl.steps as s
    left join held as h on h.task_id = s.task_id and h.step_no = s.step_no
    where s.task_id = any (v_ids)
      and s.task_id between v_first and v_last
      and s.delivered_revision is null
      and s.status <> 'stopped'
    group by s.task_id
  ),
  received as materialized (
    select e.task_id, jsonb_agg(jsonb_build_object(
      'event_no', e.event_no, 'cause', e.cause, 'payload', e.payload) order by e.event_no) as inbox
    from pawl.events as e
    where e.task_id = any (v_ids)
      and e.task_id between v_first and v_last
      and e.consumed_revision is null
    group by e.task_id
  )
  select
    t.task_id, t.machine_id, t.state, t.status, t.revision, t.input, t.snapshot,
    coalesce(s.open_steps, '[]'), coalesce(s.undelivered, '[]'), coalesce(r.inbox, '[]'),
    coalesce(t.steps_opened, 0) + 1
  from pawl.tasks as t
  left join stepped as s on s.task_id = t.task_id
  left join received as r on r.task_id = t.task_id
  where t.task_id = any (v_ids)
    and t.task_id between v_first and v_last
    and (t.finished_at is null or s.open_steps @> '[{"kind": "action"}]')
    and t.status <> 'paused'
    and t.run_at <= pawl.clock();
end
$$;
comment on function pawl.load_tasks(uuid[]) is
  'What a worker needs to decide about these tasks: state, open steps, results not yet delivered, inbox.';
