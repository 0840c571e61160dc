create view pawl.review_queue as
select
  r.task_id,
  r.review_no,
  t.machine,
  t.key,
  r.kind,
  r.question,
  r.choices,
  e.tool,
  e.args,
  a.raw_confidence,
  a.threshold,
  r.context,
  t.input,
  b.spent_microusd,
  b.cap_microusd,
  r.opened_at
from pawl.reviews as r
join pawl.tasks as t using (task_id)
join pawl.budgets as b using (task_id)
left join pawl.envelopes as e
  on e.task_id = r.task_id
  and e.act_no = r.act_no
  and e.envelope_no = r.envelope_no
left join pawl.assessments as a
  on a.task_id = r.task_id
  and a.step_no = r.step_no
where r.status = 'waiting'
order by r.opened_at, r.task_id;
comment on view pawl.review_queue is
  'The questions that wait for a person, oldest first, each with what is needed to answer it.';
