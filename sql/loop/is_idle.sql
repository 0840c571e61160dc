create or replace function pawl.is_idle(machine_ids bigint[])
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select not exists (
    select from pawl.tasks as t
    where t.finished_at is null
      and t.machine_id = any (is_idle.machine_ids)
      and (t.status = 'ready' or (t.status = 'waiting' and (
        exists (select from pawl.timers as m where m.task_id = t.task_id and isfinite(m.fire_at))
        or exists (select from pawl.steps as s where s.task_id = t.task_id and s.wake_at is not null)
      )))
  )
$$;
comment on function pawl.is_idle(bigint[]) is
  'Nothing to do now or soon for these machine versions: what is left waits for people or from outside.';
