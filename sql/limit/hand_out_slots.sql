-- A free slot is kept for who has waited for it longest, of the most urgent, and its task is woken.
-- So nobody who comes by meanwhile takes it away.  Whose version nobody serves would not come for
-- it, and keep it from the others for ever: a wake-up is left, and whoever serves it asks again.
create or replace function pawl.hand_out_slots()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_limit record;
  v_next pawl.limit_queue;
  v_handed uuid[] := '{}';
begin
  for v_limit in
    select q.limit_id, q.value, q.in_hand_max
    from pawl.queues_with_room() as q
    order by q.limit_id, q.value
  loop
    perform pawl.free_slots(v_limit.limit_id, v_limit.value);
    loop
      select q.* into v_next
      from pawl.limit_queue as q
      where q.limit_id = v_limit.limit_id
        and q.value = v_limit.value
      order by q.priority, q.opened_at, q.task_id, q.step_no
      limit 1;
      exit when not found;
      if pawl.still_waits(v_next) then
        exit when pawl.has_worker(v_next.task_id)
          and not pawl.take_slot(v_next, null, v_limit.in_hand_max);
        v_handed := v_handed || v_next.task_id;
      end if;
      delete from pawl.limit_queue as q
      where q.limit_id = v_next.limit_id
        and q.task_id = v_next.task_id
        and q.step_no = v_next.step_no;
    end loop;
  end loop;
  if cardinality(v_handed) > 0 then
    perform pawl.enqueue(v_handed);
  end if;
  return cardinality(v_handed);
end
$$;
comment on function pawl.hand_out_slots() is
  'private: keeps free slots for those that wait for them, in their order, and wakes their tasks; returns how many.';
