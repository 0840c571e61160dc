-- What people may do to a task: end it, let it rest, let one that was stopped go on, and begin a new
-- one where another once stood.

alter table pawl.timers
  add column left_ms bigint,
  add constraint a_timer_that_sleeps_is_not_due check (left_ms is null or fire_at = 'infinity');
comment on column pawl.timers.left_ms is
  'its task was stopped by an error: so many milliseconds were left, and are left again when it is retried';

alter table pawl.steps add column retried_attempts integer not null default 0;
comment on column pawl.steps.retried_attempts is
  'how many attempts it had when somebody retried its task: refusals given to those count no more';

alter table pawl.tasks
  add column forked_from_task_id uuid,
  add column forked_from_revision bigint,
  add constraint a_fork_names_a_task_and_a_revision
    check ((forked_from_task_id is null) = (forked_from_revision is null));
comment on column pawl.tasks.forked_from_task_id is 'it began where this task once stood';
comment on column pawl.tasks.forked_from_revision is 'the revision of that task it began at';

create table pawl.forks (
  task_id        uuid        not null,
  from_task_id   uuid        not null,
  from_revision  bigint      not null,
  reason         text,
  asked_by       text        not null,
  created_at     timestamptz not null,

  constraint forks_pk primary key (task_id),
  constraint a_fork_begins_at_a_revision check (from_revision >= 0)
);
comment on table pawl.forks is
  'Who asked for which fork. Only pawl.fork_task writes it, so a task that says it is a fork is believed if it stands here.';

alter table pawl.tool_calls add column carried boolean not null default false;
alter table pawl.model_calls add column carried boolean not null default false;
alter table pawl.reviews add column carried boolean not null default false;
alter table pawl.assessments add column carried boolean not null default false;
comment on column pawl.tool_calls.carried is 'made by the task this one was forked from';
comment on column pawl.model_calls.carried is 'made, and paid for, by the task this one was forked from';
comment on column pawl.reviews.carried is 'decided for the task this one was forked from: it lets nothing through here';
comment on column pawl.assessments.carried is 'made for the task this one was forked from: it lets nothing through here';
