-- Of every limit that the step comes under, or of none.  The limits in the order of their ids, as
-- everywhere, so that two who want the same ones never wait in a circle.
create or replace function pawl.take_slots(task_id uuid, step_no integer, attempt integer)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task pawl.tasks;
  v_opened_at timestamptz;
  v_limit record;
  v_wanted pawl.limit_queue;
begin
  if exists (
    select from pawl.attempts as a
    where a.task_id = take_slots.task_id
      and a.step_no = take_slots.step_no
      and a.finished_at is null
  ) then
    return null;
  end if;
  select t.* into v_task from pawl.tasks as t where t.task_id = take_slots.task_id;
  select s.opened_at into v_opened_at
  from pawl.steps as s
  where s.task_id = take_slots.task_id
    and s.step_no = take_slots.step_no;
  for v_limit in select l.* from pawl.limits_of(v_task) as l order by l.limit_id loop
    v_wanted := (v_limit.limit_id, v_limit.value, task_id, step_no, v_task.priority, v_opened_at);
    if not pawl.take_slot(v_wanted, attempt, v_limit.in_hand_max) then
      delete from pawl.limit_slots as s
      where s.limit_id in (select l.limit_id from pawl.limits_of(v_task) as l)
        and s.task_id = take_slots.task_id
        and s.step_no = take_slots.step_no;
      insert into pawl.limit_queue select v_wanted.* on conflict do nothing;
      update pawl.steps as s
      set waits_for = 'limit',
          wake_at = null
      where s.task_id = take_slots.task_id
        and s.step_no = take_slots.step_no;
      return false;
    end if;
  end loop;
  delete from pawl.limit_queue as q
  where q.limit_id in (select l.limit_id from pawl.limits_of(v_task) as l)
    and q.task_id = take_slots.task_id
    and q.step_no = take_slots.step_no;
  return true;
end
$$;
comment on function pawl.take_slots(uuid, integer, integer) is
  'private: takes what slots an attempt at this step needs; false where it must wait, and then it stands in the queue; null where somebody has it in hand.';
