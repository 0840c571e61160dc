-- Wake-ups are arrays of at most 50 tasks of one machine version, priority and run_at; all of
-- them go to Graphile in one call, so any number of tasks costs one notification.
create or replace function pawl.enqueue(task_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_batch_max constant integer := 50;
  v_specs graphile_worker.job_spec[];
begin
  with numbered as (
    select
      t.task_id,
      'advance:' || m.machine || ':' || m.version as identifier,
      t.priority,
      greatest(t.run_at, pawl.clock()) as run_at,
      (row_number() over (
        partition by t.machine_id, t.priority, greatest(t.run_at, pawl.clock())
        order by t.task_id
      ) - 1) / v_batch_max as batch_no
    from pawl.tasks as t
    join pawl.machines as m using (machine_id)
    where t.task_id = any (enqueue.task_ids)
  )
  select array_agg((
    b.identifier, b.payload, null, b.run_at, null, null, b.priority, null
  )::graphile_worker.job_spec order by b.priority, b.run_at, b.batch_no)
  into v_specs
  from (
    select identifier, priority, run_at, batch_no, json_agg(task_id order by task_id) as payload
    from numbered
    group by identifier, priority, run_at, batch_no
  ) as b;
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
end
$$;
comment on function pawl.enqueue(uuid[]) is 'Hands wake-ups for these tasks to Graphile Worker.';
