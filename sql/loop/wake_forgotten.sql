-- What lost its wake-up is found by going through the live tasks, a page a tick.  One worker at a
-- time does it, wherever the last one left off, so that neither many workers nor a million sleeping
-- tasks make a tick dear.
create or replace function pawl.wake_forgotten(patience interval)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_page_max constant integer := 1000;
  v_every constant interval := '400 milliseconds';
  v_rest constant interval := '1 second';
  v_rare constant interval := '5 seconds';
  v_place uuid;
  v_page uuid[];
  v_forgotten uuid[];
  v_freed bigint;
begin
  select coalesce(l.place, '00000000-0000-0000-0000-000000000000') into v_place
  from pawl.loops as l
  where l.loop = 'wake_forgotten'
    and l.ticked_at <= pawl.clock() - case when l.place is null then v_rest else v_every end
  for no key update skip locked;
  if not found then
    return 0;
  end if;
  v_page := array(
    select t.task_id
    from pawl.tasks as t
    where t.finished_at is null
      and t.task_id > v_place
    order by t.task_id
    limit v_page_max
  );
  update pawl.loops as l
  set place = v_page[v_page_max],
      ticked_at = pawl.clock()
  where l.loop = 'wake_forgotten';
  if cardinality(v_page) > 0 then
    v_forgotten := pawl.forgotten_among(v_page, wake_forgotten.patience);
    v_freed := pawl.wake_let_go(v_page, wake_forgotten.patience);
  end if;
  if pawl.take_tick('forgotten_actions', v_rare) then
    v_forgotten := v_forgotten || pawl.forgotten_actions(wake_forgotten.patience);
  end if;
  if cardinality(v_forgotten) > 0 then
    perform pawl.wake_tasks(v_forgotten);
  end if;
  return coalesce(cardinality(v_forgotten), 0) + coalesce(v_freed, 0);
end
$$;
comment on function pawl.wake_forgotten(interval) is
  'Enqueues wake-ups for tasks that lost theirs, among the next thousand that are alive; returns how many.';
