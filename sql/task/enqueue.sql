-- Wake-ups are arrays of at most 50 tasks of one machine version and priority; all of them go to
-- Graphile in one call, so any number of tasks costs one notification.  A task that may not begin
-- yet waits among the timers: Graphile would go through all such jobs each time it looks for one.
-- Who keeps its place stands in the line where its task was inserted, not behind all who wait now,
-- and before those that were inserted with it: its work had begun.
create or replace function pawl.enqueue(task_ids uuid[], keep_place boolean default false)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_batch_max constant integer := 50;
  v_before constant interval := '1 millisecond';
  v_ids uuid[] := array(select i from unnest(enqueue.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
  v_specs graphile_worker.job_spec[];
  v_enqueued bigint;
begin
  with numbered as (
    select
      t.task_id,
      'advance:' || m.machine || ':' || m.version as identifier,
      t.priority,
      case when keep_place then t.run_at - v_before else pawl.clock() end as run_at,
      (row_number() over (partition by t.machine_id, t.priority order by t.task_id) - 1) / v_batch_max as batch_no
    from pawl.tasks as t
    join pawl.machines as m using (machine_id)
    where t.task_id = any (v_ids)
      and t.task_id between v_first and v_last
      and t.run_at <= pawl.clock()
  )
  select
    array_agg((
      b.identifier, b.payload, null, b.run_at, null, null, b.priority, null
    )::graphile_worker.job_spec order by b.priority, b.batch_no),
    coalesce(sum(b.tasks), 0)
  into v_specs, v_enqueued
  from (
    select
      identifier, priority, min(run_at) as run_at, batch_no, count(*) as tasks,
      json_agg(task_id order by task_id) as payload
    from numbered
    group by identifier, priority, batch_no
  ) as b;
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
  if v_enqueued < cardinality(v_ids) then
    insert into pawl.timers (task_id, timer_id, kind, fire_at, set_revision)
    select t.task_id, 'pawl.start', 'start', t.run_at, t.revision
    from pawl.tasks as t
    where t.task_id = any (v_ids)
      and t.task_id between v_first and v_last
      and t.run_at > pawl.clock()
    on conflict do nothing;
    -- Sooner than anybody looks by himself: who listens hears of no job, but looks what is due.
    if exists (
      select from pawl.timers as m
      where m.task_id = any (v_ids)
        and m.kind = 'start'
        and m.fire_at <= pawl.clock() + interval '1 second'
    ) then
      perform pg_notify('jobs:insert', '{"count":0}');
    end if;
  end if;
end
$$;
comment on function pawl.enqueue(uuid[], boolean) is
  'Hands wake-ups for these tasks to Graphile Worker; those that may not begin yet get a timer.';
