-- What killed a worker, and an action, are nobody's to wait for but a person's: such a question stops
-- no clock, and its answer is no event.
create or replace function pawl.is_waited_for(review pawl.reviews)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select review.kind <> 'poison'
    and not exists (
      select from pawl.steps as s
      where s.task_id = review.task_id
        and s.step_no = review.step_no
        and s.kind = 'action'
    )
$$;
comment on function pawl.is_waited_for(pawl.reviews) is
  'private: whether the task that a question is about waits for the answer itself.';
