-- Whoever these workers kept a suspect from may have it now.  A task that somebody holds just now is
-- left to the sweep, as in pawl.recover_attempts.
create or replace function pawl.release_suspects(worker_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set enable_seqscan = off
as $$
declare
  v_kept uuid[] := array(
    select k
    from pawl.workers as w
    cross join unnest(w.kept_task_ids) as k
    where w.worker_id = any (release_suspects.worker_ids)
  );
  v_task_ids uuid[];
  v_locked uuid[];
begin
  if cardinality(v_kept) = 0 then
    return;
  end if;
  v_task_ids := array(
    select distinct s.task_id
    from pawl.steps as s
    where s.task_id = any (v_kept)
      and s.status = 'open'
      and s.waits_for = 'alone'
  );
  v_locked := pawl.lock_tasks(v_task_ids);
  update pawl.workers as w
  set kept_task_ids = array(
    select k
    from unnest(w.kept_task_ids) as k
    where k = any (v_task_ids)
      and k <> all (v_locked)
  )
  where w.worker_id = any (release_suspects.worker_ids);
  with released as (
    update pawl.steps as s
    set wake_at = null,
        waits_for = null
    where s.task_id = any (v_locked)
      and s.status = 'open'
      and s.waits_for = 'alone'
    returning s.task_id, s.step_no
  )
  delete from pawl.timers as m
  using released as r
  where m.task_id = r.task_id
    and m.timer_id = 'pawl.pause.' || r.step_no;
  perform pawl.wake_tasks(v_locked, keep_place => true);
end
$$;
comment on function pawl.release_suspects(uuid[]) is
  'private: suspects that these workers kept for themselves are free again, and their tasks woken.';
