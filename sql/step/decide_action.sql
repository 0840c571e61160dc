-- A decision about an action is told to no machine: the action is tried once more, or let be.
create or replace function pawl.decide_action(review pawl.reviews, decision text)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  perform from pawl.steps as s
  where s.task_id = review.task_id
    and s.step_no = review.step_no
    and s.kind = 'action';
  if not found then
    return false;
  end if;
  if decide_action.decision = 'approve' then
    update pawl.steps as s
    set status = 'open',
        error = null,
        attempts_max = s.attempts_max + 1,
        deaths_max = greatest(s.deaths_max, s.deaths_alone + 1),
        delivered_revision = null,
        closed_at = null
    where s.task_id = review.task_id
      and s.step_no = review.step_no
      and s.status = 'failed';
    perform pawl.enqueue(array[review.task_id]);
  end if;
  return true;
end
$$;
comment on function pawl.decide_action(pawl.reviews, text) is
  'private: true where a review is about a failed action; approve opens it for one more attempt.';
