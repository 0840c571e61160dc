-- Somebody pulls plugs: workers died lately that never had this step in hand, nor another suspect
-- alone, which would explain it.
create or replace function pawl.others_die(task_id uuid, step_no integer)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.workers as w
    where w.buried_at > pawl.clock() - interval '1 minute'
      and w.alone_task_id is null
      and not exists (
        select from pawl.attempts as a
        where a.task_id = others_die.task_id
          and a.step_no = others_die.step_no
          and a.worker_id = w.worker_id
      )
  )
$$;
comment on function pawl.others_die(uuid, integer) is
  'private: within the last minute workers died that this step cannot have killed.';
