create or replace function pawl.decide_review(
  task_id    uuid,
  review_no  integer,
  decision   text,
  by         text,
  note       text default null,
  edit       jsonb default null,
  answer     jsonb default null
)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_review pawl.reviews;
begin
  perform from pawl.tasks as t
  where t.task_id = decide_review.task_id
  for no key update;
  select r.* into v_review
  from pawl.reviews as r
  where r.task_id = decide_review.task_id
    and r.review_no = decide_review.review_no
  for no key update;
  perform pawl.check_decision(v_review, decision, edit, answer, by);
  if v_review.status = 'decided' then
    return;
  end if;
  if decision = 'edit' then
    perform pawl.edit_envelope(v_review, edit, by);
  end if;
  update pawl.reviews as r
  set status = 'decided',
      decision = decide_review.decision,
      edit = decide_review.edit,
      answer = decide_review.answer,
      note = decide_review.note,
      decided_by = decide_review.by,
      decided_role = session_user,
      decided_at = pawl.clock()
  where r.task_id = decide_review.task_id
    and r.review_no = decide_review.review_no;
  if pawl.decide_action(v_review, decision) then
    return;
  end if;
  if note is not null or answer is not null then
    insert into pawl.memories (task_id, kind, body, act_no, review_no, created_at)
    values (
      decide_review.task_id, 'decision',
      format('%s decided: %s.%s%s', by, decision, ' Answer: ' || answer::text || '.', ' Note: ' || note),
      v_review.act_no, decide_review.review_no, pawl.clock()
    );
  end if;
  if v_review.kind = 'poison' then
    return; -- The machine was told when the step failed.
  end if;
  update pawl.tasks as t
  set status = 'ready', woken_at = pawl.clock()
  where t.task_id = decide_review.task_id and t.status = 'review';
  perform pawl.go_on_after_review(v_review);
  perform pawl.put_event(decide_review.task_id, 'review', jsonb_strip_nulls(jsonb_build_object(
    'type', 'review.' || decision, 'review_no', review_no, 'note', note, 'answer', answer
  )));
end
$$;
comment on function pawl.decide_review(uuid, integer, text, text, text, jsonb, jsonb) is
  'A person''s decision (one of the review''s choices): stored once, and the task goes on. edit: the arguments to send instead; answer: what was asked for.';
