-- A suspect waits for this worker to have nothing else in hand, and is kept from the others so
-- long.  A worker whose steps take minutes gives up in between: each wait may be as long as the
-- suspect is one, and twice as long again this worker, or another, does as usual.  So a suspect
-- comes to its turn after all, and costs nobody more than a third of the time.
create or replace function pawl.postpone_suspect(
  task_id    uuid,
  step_no    integer,
  worker_id  uuid default null
)
returns integer
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_kept_max constant integer := 100;
  v_wait interval;
begin
  if not pawl.lock_task(task_id) then
    return -1;
  end if;
  v_wait := least(interval '10 minutes', greatest(interval '5 seconds', pawl.clock() - (
    select max(a.finished_at)
    from pawl.attempts as a
    where a.task_id = postpone_suspect.task_id
      and a.step_no = postpone_suspect.step_no
      and a.outcome = 'lost'
  )));
  update pawl.steps as s
  set wake_at = pawl.clock() + 3 * v_wait,
      waits_for = 'alone'
  where s.task_id = postpone_suspect.task_id
    and s.step_no = postpone_suspect.step_no
    and s.status = 'open'
    and s.deaths >= 2
    and (s.wake_at is null or s.wake_at <= pawl.clock())
    and not exists (
      select from pawl.attempts as a
      where a.task_id = postpone_suspect.task_id
        and a.step_no = postpone_suspect.step_no
        and a.finished_at is null
    );
  if not found then
    return null;
  end if;
  update pawl.workers as w
  set kept_task_ids = (
    postpone_suspect.task_id || array_remove(w.kept_task_ids, postpone_suspect.task_id)
  )[:v_kept_max]
  where w.worker_id = postpone_suspect.worker_id;
  insert into pawl.timers (task_id, timer_id, kind, fire_at, set_revision)
  select t.task_id, 'pawl.pause.' || step_no, 'pause', pawl.clock() + 3 * v_wait, t.revision
  from pawl.tasks as t
  where t.task_id = postpone_suspect.task_id
  on conflict on constraint timers_pk do update set fire_at = excluded.fire_at;
  return extract(epoch from v_wait) * 1000;
end
$$;
comment on function pawl.postpone_suspect(uuid, integer, uuid) is
  'Keeps a suspect for the caller, who tries to become free for it: for how many milliseconds at most. Null where it is not free, -1 while somebody else holds the task''s row.';
