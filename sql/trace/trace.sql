create or replace function pawl.trace(task_id uuid)
returns table (
  at            timestamptz,
  kind          text,
  step_no       integer,
  no            bigint,
  title         text,
  outcome       text,
  latency_ms    integer,
  tokens        bigint,
  cost_microusd bigint,
  plan_no       integer,
  detail        jsonb
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select e.at, e.kind, e.step_no, e.no, e.title, e.outcome, e.latency_ms, e.tokens, e.cost_microusd,
    e.plan_no, e.detail
  from (
    select * from pawl.trace_of_moves(trace.task_id)
    union all
    select * from pawl.trace_of_calls(trace.task_id)
    union all
    select * from pawl.trace_of_people(trace.task_id)
    union all
    select * from pawl.trace_of_children(trace.task_id)
  ) as e
  order by e.at, e.rank, e.step_no, e.no
$$;
comment on function pawl.trace(uuid) is
  'Everything that happened to a task, in order, one row each: transitions, attempts, plans, calls, assessments, reviews, events, child tasks.';
