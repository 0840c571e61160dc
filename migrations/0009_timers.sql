-- One small table says when something is due: an event of a machine's, a step whose pause is over,
-- a task that may begin.  Nobody need go through every month's partitions to learn when.
alter table pawl.timers
  add column kind text not null default 'event',
  alter column event drop not null,
  add constraint timer_kind_is_known check (kind in ('event', 'pause', 'start')),
  add constraint only_a_machines_timer_bears_an_event check ((kind = 'event') = (event is not null));
comment on table pawl.timers is
  'What is due when: durable `after`, pauses of steps, tasks with a run_at. Deleted when fired, or when the state is left.';
comment on column pawl.timers.kind is
  'event: becomes an event in the inbox; pause: a step may be tried again; start: the task may begin';

drop index pawl.steps_to_wake;
insert into pawl.timers (task_id, timer_id, kind, fire_at, set_revision)
select s.task_id, 'pawl.pause.' || s.step_no, 'pause', s.wake_at, s.opened_revision
from pawl.steps as s
where s.wake_at is not null;
