-- Asked again at the send: the call is the one the envelope is for, no other plan has come since,
-- and what it was filled from still is what those acts brought.
create or replace function pawl.envelope_holds(envelope pawl.envelopes, call jsonb)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce(
    envelope.tool = call ->> 'tool'
    and envelope.tool_version = call ->> 'tool_version'
    and not exists (
      select from pawl.plans as p
      where p.task_id = envelope.task_id
        and p.plan_no > (envelope.preconditions ->> 'plan_no')::integer
    )
    and not exists (
      select from jsonb_each_text(coalesce(envelope.preconditions -> 'results', '{}')) as r (act_no, hash)
      where r.act_no::integer <> envelope.act_no
        and r.hash is distinct from (
          select l.answer_hash
          from pawl.last_answers(envelope.task_id) as l
          where l.act_no = r.act_no::integer
        )
    ),
    false
  )
$$;
comment on function pawl.envelope_holds(pawl.envelopes, jsonb) is
  'private: whether a call sends this envelope and the envelope''s preconditions still hold.';
