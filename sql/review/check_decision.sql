-- The same decision by the same role again is no error and does nothing.
create or replace function pawl.check_decision(review pawl.reviews, decision text, edit jsonb, answer jsonb, by text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  if review.task_id is null then
    raise exception using
      errcode = 'PW302',
      message = 'there is no such review',
      hint = 'select task_id, review_no, question from pawl.review_queue;';
  end if;
  if review.status <> 'waiting'
    and (review.decision, review.edit, review.answer, review.decided_role)
      is distinct from (check_decision.decision, check_decision.edit, check_decision.answer, session_user::text)
  then
    raise exception using
      errcode = 'PW301',
      message = format('this review is %s already%s', review.status, ': ' || review.decision),
      hint = 'A review is decided once.';
  end if;
  if coalesce(by, '') = '' then
    raise exception using
      errcode = 'PW303',
      message = 'a decision says who made it',
      hint = 'by => ''reviewer 7''.';
  end if;
  if not coalesce(check_decision.decision = any (review.choices), false) then
    raise exception using
      errcode = 'PW303',
      message = format('%L is not a choice of this review', left(check_decision.decision, 40)),
      hint = 'Choices: ' || array_to_string(review.choices, ', ') || '.';
  end if;
  if (check_decision.decision = 'edit') <> (edit is not null)
    or (check_decision.decision = 'answer') <> (answer is not null)
  then
    raise exception using
      errcode = 'PW303',
      message = 'the decision and what comes with it do not fit together',
      hint = 'edit => the arguments to send instead, with `edit` only; answer => what was asked for, with `answer` only.';
  end if;
  if review.kind = 'budget' and check_decision.decision = 'approve' and review.status = 'waiting'
    and current_setting('pawl.raising_budget', true) is distinct from review.task_id::text
  then
    raise exception using
      errcode = 'PW303',
      message = 'approving alone does not give the task more to spend',
      hint = 'select pawl.raise_budget(task_id, ''{"microusd": 500000}'', by => ''…''); where its pool is used up: '
        || 'pawl.open_pool with a higher cap, then raise_budget with ''{}''.';
  end if;
end
$$;
comment on function pawl.check_decision(pawl.reviews, text, jsonb, jsonb, text) is
  'private: refuses a decision on no review (PW302), on a decided one (PW301), or one that is no choice (PW303).';
