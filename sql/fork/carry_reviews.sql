-- What a person had decided by then is known, and lets nothing through: it was said of another
-- task.  A question that was open then is put again.
create or replace function pawl.carry_reviews(from_task_id uuid, to_task_id uuid, revision bigint)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.events (
    task_id, cause, type, payload, sent_by, created_at, consumed_revision
  )
  select to_task_id, e.cause, e.type, e.payload, e.sent_by, e.created_at, 1
  from pawl.events as e
  where e.task_id = from_task_id
    and e.cause = 'review'
    and e.consumed_revision <= carry_reviews.revision
  order by e.event_no;
  insert into pawl.reviews (
    task_id, review_no, kind, question, context, choices, step_no, act_no, envelope_no,
    envelope_hash, status, decision, edit, answer, note, decided_by, decided_role, opened_at,
    decided_at, carried
  )
  select
    to_task_id, r.review_no, r.kind, r.question, r.context, r.choices, r.step_no, r.act_no,
    r.envelope_no, r.envelope_hash, case when d.was then 'decided' else 'waiting' end,
    case when d.was then r.decision end, case when d.was then r.edit end,
    case when d.was then r.answer end, case when d.was then r.note end,
    case when d.was then r.decided_by end, case when d.was then r.decided_role end,
    case when d.was then r.opened_at else pawl.clock() end, case when d.was then r.decided_at end,
    d.was
  from pawl.reviews as r
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = r.step_no and s.kind = 'actor'
  cross join lateral (select exists (
    select from pawl.events as e
    where e.task_id = to_task_id and (e.payload ->> 'review_no')::integer = r.review_no
  ) as was) as d
  where r.task_id = from_task_id
    and r.kind <> 'poison';
  insert into pawl.memories (task_id, kind, body, step_no, act_no, review_no, created_at)
  select to_task_id, m.kind, m.body, m.step_no, m.act_no, m.review_no, m.created_at
  from pawl.memories as m
  where m.task_id = from_task_id
    and (
      m.step_no in (select s.step_no from pawl.steps as s where s.task_id = to_task_id)
      or m.review_no in (select r.review_no from pawl.reviews as r where r.task_id = to_task_id and r.carried)
    )
  order by m.memory_no;
end
$$;
comment on function pawl.carry_reviews(uuid, uuid, bigint) is
  'private: copies the questions, decisions and memories that a fork begins with.';
