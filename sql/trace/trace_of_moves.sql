create or replace function pawl.trace_of_moves(task_id uuid)
returns table (
  at timestamptz, rank integer, kind text, step_no integer, no bigint, title text, outcome text,
  latency_ms integer, tokens bigint, cost_microusd bigint, plan_no integer, detail jsonb
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select
    t.created_at, 5, 'transition', case when t.cause = 'step' then t.cause_no::integer end, t.revision,
    t.from_state || ' → ' || t.to_state, null, null::integer, null::bigint, null::bigint, null::integer,
    jsonb_build_object('event', t.event, 'cause', t.cause, 'cause_no', t.cause_no, 'edge_no', t.edge_no,
      'worker_id', t.worker_id) || jsonb_strip_nulls(jsonb_build_object('emitted', t.emitted))
  from pawl.transitions as t
  where t.task_id = trace_of_moves.task_id
  union all
  select
    coalesce(a.finished_at, a.started_at), 4, 'attempt', a.step_no, a.attempt, s.src, coalesce(a.outcome, 'running'),
    (extract(epoch from a.finished_at - a.started_at) * 1000)::integer, null, null, null,
    jsonb_strip_nulls(jsonb_build_object('error', a.error, 'worker_id', a.worker_id, 'started_at', a.started_at))
  from pawl.attempts as a
  join pawl.steps as s using (task_id, step_no)
  where a.task_id = trace_of_moves.task_id
  union all
  select
    p.created_at, 6, 'plan', p.step_no, p.plan_no, p.reason, null, null, null, null, p.plan_no,
    jsonb_build_object('thought', p.thought, 'parent_plan_no', p.parent_plan_no, 'steps', (
      select jsonb_agg(to_jsonb(s) - 'task_id' - 'plan_no' order by s.ordinal)
      from pawl.plan_steps as s
      where s.task_id = p.task_id and s.plan_no = p.plan_no
    ))
  from pawl.plans as p
  where p.task_id = trace_of_moves.task_id
  union all
  select
    e.created_at, 1, 'event', null, e.event_no, e.type, case when e.consumed_revision is null then 'waiting' end,
    null, null, null, null, jsonb_build_object('payload', e.payload, 'cause', e.cause, 'sent_by', e.sent_by)
  from pawl.events as e
  where e.task_id = trace_of_moves.task_id
$$;
comment on function pawl.trace_of_moves(uuid) is 'private: the transitions, attempts, plans and events of pawl.trace.';
