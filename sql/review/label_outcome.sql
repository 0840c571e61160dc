create or replace function pawl.label_outcome(task_id uuid, step_no integer, correct boolean, source text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  update pawl.assessments as a
  set correct = label_outcome.correct,
      label_source = label_outcome.source,
      labelled_at = pawl.clock()
  where a.task_id = label_outcome.task_id
    and a.step_no = label_outcome.step_no;
  if not found then
    raise exception using
      errcode = 'PW201',
      message = format('task %s has no assessment at step %s', label_outcome.task_id, label_outcome.step_no),
      hint = 'select task_id, step_no, act_no from pawl.assessments;';
  end if;
end
$$;
comment on function pawl.label_outcome(uuid, integer, boolean, text) is
  'Ground truth: whether the action assessed at this step was right, and who says so.';
