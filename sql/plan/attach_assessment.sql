create or replace function pawl.attach_assessment(task_id uuid, step_no integer, assessment jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.assessments (
    task_id, step_no, act_no, envelope_no, envelope_hash, raw_confidence, threshold, decision,
    reason, created_at
  )
  select
    attach_assessment.task_id, attach_assessment.step_no, e.act_no, e.envelope_no, e.hash,
    (assessment ->> 'raw_confidence')::double precision,
    (assessment ->> 'threshold')::double precision,
    assessment ->> 'decision', assessment ->> 'reason', pawl.clock()
  from pawl.envelopes as e
  where e.task_id = attach_assessment.task_id
    and e.act_no = (assessment ->> 'act_no')::integer
    and e.envelope_no = (assessment ->> 'envelope_no')::integer
$$;
comment on function pawl.attach_assessment(uuid, integer, jsonb) is
  'private: stores how sure the agent said it was of an envelope, and what was done about it.';
