-- Machine version by machine version, so that those that somebody serves cost nothing.
create view pawl.stranded_tasks as
select t.task_id, m.machine, m.version, t.state, t.status, t.created_at
from pawl.machines as m
cross join lateral (
  select s.task_id, s.state, s.status, s.created_at
  from pawl.tasks as s
  where s.machine_id = m.machine_id
    and s.finished_at is null
  offset 0
) as t
where not exists (
  select from pawl.workers as w
  where w.stopped_at is null
    and w.buried_at is null
    and m.machine || ':' || m.version = any (w.serves)
);
comment on view pawl.stranded_tasks is 'Live tasks of a machine version that no living worker serves.';
