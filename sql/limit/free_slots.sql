-- An attempt that is over stays over, so what is found here is free for good, unless somebody has
-- taken the same number since: hence the second look at whose it is.  A slot that was kept for a
-- step which has not come for it goes back, and the step into its place in the queue.  Only slots
-- seen by the first look are judged: whose attempts were not asked for may be in hand.
create or replace function pawl.free_slots(limit_id bigint, value text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_kept_max constant interval := '10 seconds';
  v_task_ids uuid[] := array(
    select s.task_id
    from pawl.limit_slots as s
    where s.limit_id = free_slots.limit_id
      and s.value = free_slots.value
  );
begin
  with held as materialized (
    select a.task_id, a.step_no, a.attempt
    from pawl.attempts as a
    where a.task_id = any (v_task_ids)
      and a.finished_at is null
  ),
  over as materialized (
    select s.slot_no, s.task_id, s.step_no, s.attempt
    from pawl.limit_slots as s
    left join held as h on h.task_id = s.task_id and h.step_no = s.step_no and h.attempt = s.attempt
    where s.limit_id = free_slots.limit_id
      and s.value = free_slots.value
      and s.task_id = any (v_task_ids)
      and h.task_id is null
      and (s.attempt is not null or s.taken_at < pawl.clock() - v_kept_max)
  ),
  freed as (
    delete from pawl.limit_slots as s
    using over as o
    where s.limit_id = free_slots.limit_id
      and s.value = free_slots.value
      and s.slot_no = o.slot_no
      and s.task_id = o.task_id
      and s.step_no = o.step_no
      and s.attempt is not distinct from o.attempt
    returning s.task_id, s.step_no, s.attempt
  )
  insert into pawl.limit_queue (limit_id, value, task_id, step_no, priority, opened_at)
  select free_slots.limit_id, free_slots.value, f.task_id, f.step_no, t.priority, s.opened_at
  from freed as f
  join pawl.tasks as t on t.task_id = f.task_id and t.task_id = any (v_task_ids)
  join pawl.steps as s on s.task_id = f.task_id and s.step_no = f.step_no and s.task_id = any (v_task_ids)
  where f.attempt is null
    and s.status = 'open'
    and s.waits_for = 'limit'
  on conflict do nothing;
end
$$;
comment on function pawl.free_slots(bigint, text) is
  'private: gives back the slots whose attempts are over, and those that nobody came for.';
