create view pawl.stranded_tasks as
select
  t.task_id,
  t.machine,
  m.version,
  t.state,
  t.status,
  t.created_at
from pawl.tasks as t
join pawl.machines as m using (machine_id)
where t.finished_at is null
  and not exists (
    select from pawl.workers as w
    where w.stopped_at is null
      and w.buried_at is null
      and m.machine || ':' || m.version = any (w.serves)
  );
comment on view pawl.stranded_tasks is 'Live tasks of a machine version that no living worker serves.';
