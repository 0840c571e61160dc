create or replace function pawl.trace_of_people(task_id uuid)
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
    a.created_at, 3, 'assessment', a.step_no, a.act_no::bigint,
    format('confidence %s, threshold %s', round(a.raw_confidence::numeric, 2), round(a.threshold::numeric, 2)),
    a.decision, null::integer, null::bigint, null::bigint, null::integer,
    jsonb_build_object('reason', a.reason, 'envelope_no', a.envelope_no, 'hash', a.envelope_hash,
      'correct', a.correct, 'label_source', a.label_source)
  from pawl.assessments as a
  where a.task_id = trace_of_people.task_id
  union all
  select
    r.opened_at, 7, 'review', r.step_no, r.review_no, r.question, 'opened', null, null, null, null,
    jsonb_build_object('kind', r.kind, 'choices', r.choices, 'context', r.context)
  from pawl.reviews as r
  where r.task_id = trace_of_people.task_id
  union all
  select
    r.decided_at, 0, 'review', r.step_no, r.review_no, coalesce(r.note, r.question), r.decision, null, null, null, null,
    jsonb_strip_nulls(jsonb_build_object('by', r.decided_by, 'role', r.decided_role, 'edit', r.edit, 'answer', r.answer))
  from pawl.reviews as r
  where r.task_id = trace_of_people.task_id
    and r.decided_at is not null
$$;
comment on function pawl.trace_of_people(uuid) is 'private: the assessments and reviews of pawl.trace.';
