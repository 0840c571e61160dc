create or replace function pawl.has_worker(task_id uuid)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.tasks as t
    join pawl.machines as m on m.machine_id = t.machine_id
    join pawl.workers as w on m.machine || ':' || m.version = any (w.serves)
    where t.task_id = has_worker.task_id
      and w.stopped_at is null
      and w.buried_at is null
  )
$$;
comment on function pawl.has_worker(uuid) is
  'private: whether some living worker serves the version of this task''s machine.';
