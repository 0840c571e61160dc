-- Tasks first, then attempts and steps, each in the order of their keys: the lock order of every
-- writer.  A task or an attempt that somebody holds just now (a call is being begun, and waits for
-- its pool) is left to the sweep, which finds what is left over: nobody's open transaction keeps
-- the others waiting.
-- Who is woken here has waited in line once, and does not wait again behind all who came later.
create or replace function pawl.recover_attempts(worker_ids uuid[], outcome text)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task_ids uuid[];
  v_recovered bigint;
begin
  v_task_ids := array(
    select a.task_id
    from pawl.attempts as a
    where a.worker_id = any (recover_attempts.worker_ids)
      and a.outcome is null
  );
  v_task_ids := array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_task_ids)
    order by t.task_id
    for no key update skip locked
  );
  with free as materialized (
    select a.task_id, a.step_no, a.attempt
    from pawl.attempts as a
    where a.task_id = any (v_task_ids)
      and a.worker_id = any (recover_attempts.worker_ids)
      and a.outcome is null
    order by a.task_id, a.step_no
    for no key update skip locked
  ),
  ended as (
    update pawl.attempts as a
    set outcome = recover_attempts.outcome,
        finished_at = pawl.clock()
    from free as f
    where a.task_id = any (v_task_ids)
      and a.task_id = f.task_id
      and a.step_no = f.step_no
      and a.attempt = f.attempt
    returning a.task_id, a.step_no, a.alone
  ),
  recovered as (
    update pawl.steps as s
    set losses = s.losses + 1,
        deaths = s.deaths + (recover_attempts.outcome = 'lost')::integer,
        deaths_alone = s.deaths_alone + (recover_attempts.outcome = 'lost' and e.alone)::integer
    from ended as e
    where s.task_id = e.task_id
      and s.task_id = any (v_task_ids)
      and s.step_no = e.step_no
      and s.status = 'open'
    returning s.task_id
  )
  select coalesce(array_agg(distinct e.task_id), '{}'), (select count(*) from recovered)
  into v_task_ids, v_recovered
  from ended as e;
  if recover_attempts.outcome = 'lost' then
    perform pawl.close_poisonous(v_task_ids);
  end if;
  perform pawl.wake_tasks(v_task_ids, keep_place => true);
  perform pawl.release_suspects(recover_attempts.worker_ids);
  perform pawl.free_jobs(recover_attempts.worker_ids);
  return v_recovered;
end
$$;
comment on function pawl.recover_attempts(uuid[], text) is
  'private: ends every attempt these workers have in hand and wakes the tasks.';
