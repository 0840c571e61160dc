create view pawl.tasks_in_flight as
select
  t.machine,
  m.version,
  m.current,
  t.state,
  count(*) as tasks,
  min(t.created_at) as oldest_at
from pawl.tasks as t
join pawl.machines as m using (machine_id)
where t.finished_at is null
group by t.machine, m.version, m.current, t.state;
comment on view pawl.tasks_in_flight is 'Live tasks, counted by machine version and state.';
