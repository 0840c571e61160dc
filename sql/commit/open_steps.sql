-- Opens what the machine asked for and stops what it let go (a result that nothing waits for any
-- more counts as delivered).  A step marked `claimed` is begun by
-- the committing worker in the same breath, so a sequence of steps needs no job and no claim.
create or replace function pawl.open_steps(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(select i.task_id from unnest(open_steps.items) as i);
begin
  update pawl.steps as s
  set delivered_revision = i.revision
  from unnest(open_steps.items) as i
  where i.answer = 'accepted'
    and jsonb_typeof(i.stop_steps) = 'array'
    and s.task_id = i.task_id
    and s.task_id = any (v_task_ids)
    and s.step_no in (select e::integer from jsonb_array_elements_text(i.stop_steps) as e)
    and s.status in ('succeeded', 'failed')
    and s.delivered_revision is null;
  with stopped as (
    update pawl.steps as s
    set status = 'stopped',
        wake_at = null,
        waits_for = null,
        closed_at = pawl.clock()
    from unnest(open_steps.items) as i
    where i.answer = 'accepted'
      and jsonb_typeof(i.stop_steps) = 'array'
      and s.task_id = i.task_id
      and s.task_id = any (v_task_ids)
      and s.step_no in (select e::integer from jsonb_array_elements_text(i.stop_steps) as e)
      and s.status = 'open'
    returning s.task_id, s.step_no
  )
  update pawl.attempts as a
  set outcome = 'stopped',
      finished_at = pawl.clock()
  from stopped as s
  where a.task_id = s.task_id
    and a.task_id = any (v_task_ids)
    and a.step_no = s.step_no
    and a.finished_at is null;
  with opened as (
    select i.task_id, i.worker_id, i.release, i.revision + 1 as revision, o.*
    from unnest(open_steps.items) as i
    cross join lateral jsonb_to_recordset(i.open_steps) as o (
      step_no integer, actor_id text, src text, input jsonb, attempts_max integer, claimed boolean
    )
    where i.answer = 'accepted'
      and jsonb_typeof(i.open_steps) = 'array'
  ),
  begun as (
    insert into pawl.attempts (task_id, step_no, attempt, worker_id, release, started_at)
    select o.task_id, o.step_no, 1, o.worker_id, o.release, pawl.clock()
    from opened as o
    where o.claimed
  )
  insert into pawl.steps (
    task_id, step_no, actor_id, src, input, status, attempts, attempts_max, opened_revision, opened_at
  )
  select
    o.task_id, o.step_no, o.actor_id, o.src, o.input, 'open', o.claimed::integer, o.attempts_max,
    o.revision, pawl.clock()
  from opened as o;
end
$$;
comment on function pawl.open_steps(pawl.commit_item[]) is 'private: stops and opens steps, and begins those claimed.';
