-- Asked before a slot is taken, which nobody would give back soon, and again when the attempt begins:
-- it may be buried in between.
create or replace function pawl.may_begin(worker_id uuid, task_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
begin
  return exists (
    select from pawl.workers as w
    where w.worker_id = may_begin.worker_id
      and w.buried_at is null
      and w.stopped_at is null
      and (w.alone_task_id is null or w.alone_task_id = may_begin.task_id)
  );
end
$$;
comment on function pawl.may_begin(uuid, uuid) is
  'private: the worker lives, and keeps itself free for no other task.';
