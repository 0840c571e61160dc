-- Work that comes back by the clock.
create table pawl.schedules (
  schedule      text        not null,
  cron          text        not null,
  machine       text        not null,
  input         jsonb       not null default '{}',
  labels        jsonb       not null default '{}',
  priority      integer     not null default 0,
  budget        jsonb,
  enabled       boolean     not null default true,
  set_by        text        not null,
  next_at       timestamptz,
  last_at       timestamptz,
  last_task_id  uuid,
  last_error    text,

  constraint schedules_pk                      primary key (schedule),
  constraint a_schedule_has_a_plain_name       check (schedule ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  constraint who_is_enabled_has_a_next_run     check (enabled = (next_at is not null))
);
create index schedules_due on pawl.schedules (next_at) where next_at is not null;
comment on table pawl.schedules is
  'Tasks that are submitted by the clock. Insert, update, delete rows: schedule, cron, machine, input, labels, priority, budget, enabled; the rest is the engine''s.';
comment on column pawl.schedules.cron is
  'five fields in UTC: minute hour day-of-month month day-of-week; lists, ranges, */n, names; where both days are restricted, either will do';
comment on column pawl.schedules.priority is 'of its tasks: smaller runs first';
comment on column pawl.schedules.set_by is 'who set it, so the tasks are theirs';
comment on column pawl.schedules.next_at is 'when it runs next; a run that was missed is made up for once, however many were';
comment on column pawl.schedules.last_at is 'the time the last run was meant for: its task''s key is schedule:<name>:<time>';
comment on column pawl.schedules.last_error is 'why the last run was refused; null where it was not';
