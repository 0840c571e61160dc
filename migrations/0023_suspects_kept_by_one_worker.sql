-- A worker that waits for its hands to be free may keep more suspects than one.

alter table pawl.workers add column kept_task_ids uuid[] not null default '{}';
update pawl.workers set kept_task_ids = array[kept_task_id] where kept_task_id is not null;
alter table pawl.workers drop column kept_task_id;
comment on column pawl.workers.kept_task_ids is
  'tasks whose suspects it has kept from others until nothing else is in its hands, the newest first; they are free when it ends';
