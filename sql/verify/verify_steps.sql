create or replace function pawl.verify_steps()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select 6, s.task_id, format('step %s succeeded with %s winning attempts', s.step_no, count(a.attempt))
  from pawl.steps as s
  left join pawl.attempts as a
    on a.task_id = s.task_id
    and a.step_no = s.step_no
    and a.outcome = 'succeeded'
  where s.status = 'succeeded'
    and s.kind <> 'child'
  group by s.task_id, s.step_no
  having count(a.attempt) <> 1
  union all
  select 7, a.task_id, format('attempt %s of step %s is open, its worker is not alive', a.attempt, a.step_no)
  from pawl.attempts as a
  left join pawl.workers as w using (worker_id)
  where a.finished_at is null
    and (w.worker_id is null or w.buried_at is not null or w.stopped_at is not null)
  union all
  select 8, s.task_id, format('step %s counts %s attempts and has %s', s.step_no, s.attempts, count(a.attempt))
  from pawl.steps as s
  left join pawl.attempts as a using (task_id, step_no)
  group by s.task_id, s.step_no, s.attempts
  having count(a.attempt) <> s.attempts or coalesce(max(a.attempt), 0) <> s.attempts
  union all
  select 8, s.task_id, format('step %s has used %s attempts of %s', s.step_no, s.attempts - s.losses, s.attempts_max)
  from pawl.steps as s
  where s.attempts - s.losses > s.attempts_max
  union all
  select 8, a.task_id, format('attempt %s of step %s belongs to no step', a.attempt, a.step_no)
  from pawl.attempts as a
  where not exists (
    select from pawl.steps as s
    where s.task_id = a.task_id
      and s.step_no = a.step_no
  )
$$;
comment on function pawl.verify_steps() is 'private: laws 6 to 8, of steps and attempts.';
