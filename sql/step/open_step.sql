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
    'opened_revision', step.opened_revision,
    'attempts_left', step.attempts_max - (step.attempts - step.losses),
    'suspect', pawl.is_suspect(step.deaths),
    'free', unheld
      and step.kind <> 'child'
      and (step.wake_at is null or step.wake_at <= pawl.clock())
      and (step.waits_for is distinct from 'limit' or not exists (
        select from pawl.limit_queue as q
        where q.task_id = step.task_id
          and q.step_no = step.step_no
      ))
  )
$$;
comment on function pawl.open_step(pawl.steps, boolean) is 'private: an open step as pawl.load_tasks shows it.';
