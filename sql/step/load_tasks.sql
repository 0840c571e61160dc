-- Everything advance needs to decide about these tasks, in one read.  What is finished, paused or
-- not due yet is left out.
create or replace function pawl.load_tasks(task_ids uuid[])
returns table (
  task_id       uuid,
  machine_id    bigint,
  state         text,
  revision      bigint,
  input         jsonb,
  snapshot      jsonb,
  open_steps    jsonb,
  undelivered   jsonb,
  inbox         jsonb,
  next_step_no  integer
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select
    t.task_id, t.machine_id, t.state, t.revision, t.input, t.snapshot,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'step_no', s.step_no, 'actor_id', s.actor_id, 'src', s.src, 'input', s.input,
        'attempts_left', s.attempts_max - (s.attempts - s.losses),
        'free', (s.wake_at is null or s.wake_at <= pawl.clock()) and not exists (
          select from pawl.attempts as a
          where a.task_id = s.task_id and a.step_no = s.step_no and a.finished_at is null
        )) order by s.step_no)
      from pawl.steps as s
      where s.task_id = t.task_id and s.status = 'open'
    ), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'step_no', s.step_no, 'actor_id', s.actor_id, 'status', s.status,
        'output', s.output, 'error', s.error) order by s.step_no)
      from pawl.steps as s
      where s.task_id = t.task_id and s.status in ('succeeded', 'failed')
        and s.delivered_revision is null
    ), '[]'),
    coalesce((
      select jsonb_agg(e.item order by e.event_no)
      from (
        select e.event_no, jsonb_build_object(
          'event_no', e.event_no, 'cause', e.cause, 'payload', e.payload) as item
        from pawl.events as e
        where e.task_id = t.task_id and e.consumed_revision is null
        order by e.event_no
        limit 100
      ) as e
    ), '[]'),
    coalesce((select max(s.step_no) from pawl.steps as s where s.task_id = t.task_id), 0) + 1
  from pawl.tasks as t
  where t.task_id = any (load_tasks.task_ids)
    and t.finished_at is null
    and t.status <> 'paused'
    and t.run_at <= pawl.clock()
$$;
comment on function pawl.load_tasks(uuid[]) is
  'What a worker needs to decide about these tasks: state, open steps, results not yet delivered, inbox.';
