-- A result is never lost: a deferred item closes its step too (and pawl.wake_deferred leaves a
-- wake-up, so that somebody delivers it).
-- Both rows exist (pawl.judge_items has seen the open attempt), and yet this says insert: a row is
-- found through its key in its own month alone, where an update would open every month there is.
create or replace function pawl.close_steps(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.attempts (
    task_id, step_no, attempt, worker_id, release, started_at, finished_at, outcome, error
  )
  select
    i.task_id, (i.step ->> 'step_no')::integer, (i.step ->> 'attempt')::integer, i.worker_id,
    i.release, pawl.clock(), pawl.clock(), i.step ->> 'status', nullif(i.step -> 'error', 'null')
  from unnest(close_steps.items) as i
  where i.step is not null
    and i.answer in ('accepted', 'deferred')
  on conflict on constraint attempts_pk do update
  set outcome = excluded.outcome,
      error = excluded.error,
      finished_at = excluded.finished_at;
  insert into pawl.steps (
    task_id, step_no, actor_id, src, attempts_max, opened_revision, opened_at,
    status, output, error, cleaned, delivered_revision, closed_at
  )
  select
    i.task_id, (i.step ->> 'step_no')::integer, '', '', 0, 0, pawl.clock(),
    i.step ->> 'status', i.step -> 'output', nullif(i.step -> 'error', 'null'),
    coalesce((i.step ->> 'cleaned')::boolean, false),
    case when i.answer = 'accepted' then i.revision + (i.transition is not null)::integer end,
    pawl.clock()
  from unnest(close_steps.items) as i
  where i.step is not null
    and i.answer in ('accepted', 'deferred')
  on conflict on constraint steps_pk do update
  set status = excluded.status,
      output = excluded.output,
      error = excluded.error,
      cleaned = excluded.cleaned,
      wake_at = null,
      waits_for = null,
      delivered_revision = excluded.delivered_revision,
      closed_at = excluded.closed_at
  where steps.status = 'open';
end
$$;
comment on function pawl.close_steps(pawl.commit_item[]) is 'private: closes the steps whose results arrived.';
