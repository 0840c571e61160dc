-- Opens what the machine asked for.  A step marked `claimed` is begun by the committing worker in
-- the same breath, so a sequence of steps needs no job and no claim.  (If it is being buried just
-- now, the sweep finds what it has begun.)  Who runs a suspect takes nothing else.
create or replace function pawl.open_steps(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_alone_with uuid := (
    select w.alone_task_id from pawl.workers as w where w.worker_id = open_steps.items[1].worker_id
  );
begin
  with opened as (
    select
      i.task_id, i.worker_id, i.release, i.revision + 1 as revision, o.step_no, o.actor_id, o.src,
      o.input, o.attempts_max, coalesce(o.kind, 'actor') as kind,
      o.claimed and (v_alone_with is null or v_alone_with = i.task_id) as claimed
    from unnest(open_steps.items) as i
    cross join lateral jsonb_to_recordset(i.open_steps) as o (
      step_no integer, actor_id text, src text, input jsonb, attempts_max integer, claimed boolean,
      kind text
    )
    where i.answer = 'accepted'
      and i.open_steps is not null
  ),
  begun as (
    insert into pawl.attempts (task_id, step_no, attempt, worker_id, release, started_at)
    select o.task_id, o.step_no, 1, o.worker_id, o.release, pawl.clock()
    from opened as o
    where o.claimed
  )
  insert into pawl.steps (
    task_id, step_no, actor_id, src, input, status, attempts, attempts_max, opened_revision,
    opened_at, kind
  )
  select
    o.task_id, o.step_no, o.actor_id, o.src, o.input, 'open', o.claimed::integer, o.attempts_max,
    o.revision, pawl.clock(), o.kind
  from opened as o;
end
$$;
comment on function pawl.open_steps(pawl.commit_item[]) is 'private: opens the steps the machine asked for, and begins those claimed.';
