-- A suspect that a worker keeps for itself is free again when that worker dies.  (What it was kept by
-- before takes one more argument now; workers of the release before go on calling it without.)

alter table pawl.workers add column kept_task_id uuid;
comment on column pawl.workers.kept_task_id is
  'the suspect it keeps from others until nothing else is in its hands';
drop function if exists pawl.postpone_suspect(uuid, integer);
