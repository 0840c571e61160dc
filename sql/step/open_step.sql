create or replace function pawl.open_step(step pawl.steps, unheld boolean)
returns jsonb
language sql
stable
as $$
  select jsonb_build_object(
    'step_no', step.step_no,
    'kind', step.kind,
    'actor_id', step.actor_id,
    'src', step.src,
    'input', step.input,
    'attempts_left', step.attempts_max - (step.attempts - step.losses),
    'suspect', step.deaths >= 2,
    'free', unheld and step.kind <> 'child' and (step.wake_at is null or step.wake_at <= pawl.clock())
  )
$$;
comment on function pawl.open_step(pawl.steps, boolean) is 'private: an open step as pawl.load_tasks shows it.';
