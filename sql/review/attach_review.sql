-- While a person thinks, the task's wall clock stands still.
create or replace function pawl.attach_review(task_id uuid, step_no integer, review jsonb)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.reviews (
    task_id, review_no, kind, question, context, choices, step_no, act_no, envelope_no,
    envelope_hash, status, opened_at
  )
  select
    attach_review.task_id,
    coalesce((select max(r.review_no) from pawl.reviews as r where r.task_id = attach_review.task_id), 0) + 1,
    review ->> 'kind', review ->> 'question', coalesce(review -> 'context', '{}'),
    array(select jsonb_array_elements_text(review -> 'choices')),
    attach_review.step_no, e.act_no, e.envelope_no, e.hash, 'waiting', pawl.clock()
  from (select 1) as one
  left join pawl.envelopes as e
    on e.task_id = attach_review.task_id
    and e.act_no = (review ->> 'act_no')::integer
    and e.envelope_no = (review ->> 'envelope_no')::integer;
  update pawl.timers as m
  set fire_at = 'infinity'
  where m.task_id = attach_review.task_id
    and m.timer_id = 'pawl.deadline';
end
$$;
comment on function pawl.attach_review(uuid, integer, jsonb) is
  'private: puts a question to people and stops the task''s wall clock.';
