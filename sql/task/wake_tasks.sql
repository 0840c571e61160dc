-- Whoever is woken is ready: so a wake-up that gets lost is noticed by the sweep.  A worker that
-- finds nothing to do parks the task where it was.  Whom somebody else holds is woken all the same,
-- for that takes no lock, and is left as it is: of all that its wake-up was for (a step that is free
-- or due, an event, a result) the sweep sees that nobody has it, whatever the task's status says.
create or replace function pawl.wake_tasks(task_ids uuid[], keep_place boolean default false)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ids uuid[] := array(select i from unnest(wake_tasks.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
  v_locked uuid[] := pawl.lock_tasks(v_ids);
begin
  update pawl.tasks as t
  set woken_at = pawl.clock(),
      status = case when t.status in ('waiting', 'review') then 'ready' else t.status end
  where t.task_id = any (v_locked)
    and t.task_id between v_first and v_last
    and t.finished_at is null;
  perform pawl.enqueue(v_ids, wake_tasks.keep_place);
end
$$;
comment on function pawl.wake_tasks(uuid[], boolean) is
  'Makes tasks that wait (also for a person) ready and enqueues a wake-up for each: behind all who wait, or in their old place.';
