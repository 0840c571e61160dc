create or replace function pawl.undelivered_step(step pawl.steps)
returns jsonb
language sql
immutable
as $$
  select jsonb_build_object(
    'step_no', step.step_no,
    'actor_id', step.actor_id,
    'status', step.status,
    'output', step.output,
    'error', step.error
  )
$$;
comment on function pawl.undelivered_step(pawl.steps) is
  'private: a result that waits for its task, as pawl.load_tasks shows it.';
