-- Among a thousand queues most have no room, and one look at all of them tells which have.
create or replace function pawl.queues_with_room()
returns table (limit_id bigint, value text, in_hand_max integer)
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_kept_max constant interval := '10 seconds';
  v_task_ids uuid[] := array(select distinct s.task_id from pawl.limit_slots as s);
begin
  return query
  with taken as materialized (
    select s.limit_id, s.value, count(*) as slots
    from pawl.limit_slots as s
    left join pawl.attempts as a
      on a.task_id = s.task_id
      and a.task_id = any (v_task_ids)
      and a.step_no = s.step_no
      and a.attempt = s.attempt
      and a.finished_at is null
    where a.task_id is not null
      or (s.attempt is null and s.taken_at >= pawl.clock() - v_kept_max)
    group by s.limit_id, s.value
  )
  select l.limit_id, q.value, l.in_hand_max
  from (select distinct w.limit_id, w.value from pawl.limit_queue as w) as q
  join pawl.limits as l on l.limit_id = q.limit_id
  left join taken as t on t.limit_id = q.limit_id and t.value = q.value
  where coalesce(t.slots, 0) < l.in_hand_max
  order by l.limit_id, q.value;
end
$$;
comment on function pawl.queues_with_room() is
  'private: the limits, and values of labels, where somebody waits and a slot is free.';
