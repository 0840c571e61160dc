-- What had been answered by then.  Steps that were open then are opened anew, under new numbers.
-- They are of no revision of the fork's own: one that is stopped at its first move is retried there.
create or replace function pawl.carry_steps(from_task_id uuid, to_task_id uuid, revision bigint)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.steps (
    task_id, step_no, actor_id, src, kind, input, status, attempts, attempts_max, losses, output, error,
    cleaned, opened_revision, delivered_revision, opened_at, closed_at, deaths, deaths_alone,
    deaths_max, retried_attempts
  )
  select
    to_task_id, s.step_no, s.actor_id, s.src, s.kind, s.input, s.status, s.attempts, s.attempts_max,
    s.losses, s.output, s.error, s.cleaned, 0, 0, s.opened_at, s.closed_at, s.deaths, s.deaths_alone,
    s.deaths_max, s.retried_attempts
  from pawl.steps as s
  where s.task_id = from_task_id
    and s.status <> 'open'
    and pawl.was_answered(s, carry_steps.revision);
  insert into pawl.attempts (
    task_id, step_no, attempt, worker_id, release, started_at, finished_at, outcome, error, alone
  )
  select
    to_task_id, a.step_no, a.attempt, a.worker_id, a.release, a.started_at, a.finished_at, a.outcome,
    a.error, a.alone
  from pawl.attempts as a
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = a.step_no
  where a.task_id = from_task_id;
  insert into pawl.assessments (
    task_id, step_no, act_no, envelope_no, envelope_hash, raw_confidence, threshold, decision,
    reason, created_at, carried
  )
  select
    to_task_id, a.step_no, a.act_no, a.envelope_no, a.envelope_hash, a.raw_confidence, a.threshold,
    a.decision, a.reason, a.created_at, true
  from pawl.assessments as a
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = a.step_no
  where a.task_id = from_task_id;
  update pawl.tasks as t
  set steps_opened = (select max(s.step_no) from pawl.steps as s where s.task_id = to_task_id)
  where t.task_id = to_task_id;
end
$$;
comment on function pawl.carry_steps(uuid, uuid, bigint) is
  'private: copies the steps of a task that were over at that revision, to its fork.';
