create or replace function pawl.trace_of_children(task_id uuid)
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
    e.at, e.rank, 'child', s.step_no, s.step_no::bigint, s.src, e.outcome,
    case when e.rank = 4 then (extract(epoch from s.closed_at - s.opened_at) * 1000)::integer end,
    null::bigint, null::bigint, null::integer,
    jsonb_strip_nulls(jsonb_build_object('task_id', s.child_task_id, 'error', e.error))
  from pawl.steps as s
  cross join lateral (
    select s.opened_at as at, 8 as rank, 'started' as outcome, null::jsonb as error
    union all
    select s.closed_at, 4, s.status, s.error
    where s.status <> 'open'
  ) as e
  where s.task_id = trace_of_children.task_id
    and s.kind = 'child'
$$;
comment on function pawl.trace_of_children(uuid) is 'private: the child tasks of pawl.trace, as they start and end.';
