-- Timers that are due become events in the inbox; steps whose pause is over can be claimed.  Paused
-- tasks are left out before the limit, or many of them would keep the others waiting.
create or replace function pawl.wake_due()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_due_max constant integer := 500;
  v_due uuid[];
begin
  v_due := array(
    select t.task_id
    from pawl.tasks as t
    where t.finished_at is null
      and t.status <> 'paused'
      and t.task_id in (
        (
          select m.task_id
          from pawl.timers as m
          join pawl.tasks as p using (task_id)
          where m.fire_at <= pawl.clock()
            and p.status <> 'paused'
          order by m.fire_at
          limit v_due_max
        )
        union all
        (
          select s.task_id
          from pawl.steps as s
          join pawl.tasks as p using (task_id)
          where s.wake_at <= pawl.clock()
            and p.status <> 'paused'
          order by s.wake_at
          limit v_due_max
        )
      )
    order by t.task_id
    for no key update skip locked
  );
  if cardinality(v_due) = 0 then
    return 0;
  end if;
  with fired as (
    delete from pawl.timers as m
    where m.task_id = any (v_due)
      and m.fire_at <= pawl.clock()
    returning m.task_id, m.event
  )
  insert into pawl.events (task_id, cause, type, payload, sent_by, created_at)
  select f.task_id, 'timer', f.event ->> 'type', f.event, 'timer', pawl.clock()
  from fired as f;
  update pawl.steps as s
  set wake_at = null,
      waits_for = null
  where s.task_id = any (v_due)
    and s.wake_at <= pawl.clock();
  perform pawl.wake_tasks(v_due);
  return cardinality(v_due);
end
$$;
comment on function pawl.wake_due() is 'Fires due timers and ends due pauses; returns how many tasks that woke.';
