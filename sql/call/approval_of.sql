create or replace function pawl.approval_of(envelope pawl.envelopes)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce(
    (
      select jsonb_build_object('by', 'person', 'review_no', r.review_no, 'hash', envelope.hash)
      from pawl.reviews as r
      where r.task_id = envelope.task_id
        and r.act_no = envelope.act_no
        and not r.carried
        and (
          (r.decision = 'approve' and r.envelope_hash = envelope.hash)
          or (r.decision = 'edit' and r.envelope_no = envelope.envelope_no - 1 and r.edit = envelope.args)
        )
      order by r.review_no desc
      limit 1
    ),
    (
      select jsonb_build_object('by', 'threshold', 'step_no', a.step_no, 'hash', envelope.hash)
      from pawl.assessments as a
      where a.task_id = envelope.task_id
        and a.act_no = envelope.act_no
        and not a.carried
        and a.envelope_hash = envelope.hash
        and a.decision = 'auto'
        and a.raw_confidence >= a.threshold
      limit 1
    )
  )
$$;
comment on function pawl.approval_of(pawl.envelopes) is
  'Who let exactly this envelope through: a person''s review or an assessment at its threshold; null when nobody.';
