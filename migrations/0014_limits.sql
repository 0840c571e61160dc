-- How many steps of a machine may be in hand at once, whoever has them.  A slot is a row: it is
-- there while it is taken, so nobody counts in one place and waits for the others there.
create table pawl.limits (
  limit_id     bigint      not null generated always as identity,
  machine      text        not null,
  label        text,
  value        text,
  in_hand_max  integer     not null,
  set_by       text        not null,
  set_at       timestamptz not null,

  constraint limits_pk                         primary key (limit_id),
  constraint a_machine_has_one_limit_a_label   unique nulls not distinct (machine, label, value),
  constraint a_value_is_of_a_label             check (value is null or label is not null),
  constraint a_limit_is_a_number_of_steps      check (in_hand_max between 0 and 10000)
);
comment on table pawl.limits is 'How many steps of a machine''s tasks may be in hand at once, over all workers; set by pawl.set_limit.';
comment on column pawl.limits.label is 'null: of all its tasks together; else of those that bear this label, each of its values by itself';
comment on column pawl.limits.value is 'only of tasks whose label has this value';

create table pawl.limit_slots (
  limit_id  bigint      not null,
  value     text        not null,
  slot_no   integer     not null,
  task_id   uuid        not null,
  step_no   integer     not null,
  attempt   integer,
  taken_at  timestamptz not null,

  constraint limit_slots_pk          primary key (limit_id, value, slot_no),
  constraint a_step_takes_one_slot   unique (limit_id, task_id, step_no)
);
create index limit_slots_by_task on pawl.limit_slots (task_id);
comment on table pawl.limit_slots is 'The slots that are taken. One whose attempt is over, however it ended, is free.';
comment on column pawl.limit_slots.attempt is 'null: kept for a step that waited, and was woken to take it';

create table pawl.limit_queue (
  limit_id   bigint      not null,
  value      text        not null,
  task_id    uuid        not null,
  step_no    integer     not null,
  priority   integer     not null,
  opened_at  timestamptz not null,

  constraint limit_queue_pk primary key (limit_id, task_id, step_no)
);
create index limit_queue_in_order on pawl.limit_queue (limit_id, value, priority, opened_at, task_id, step_no);
create index limit_queue_by_task on pawl.limit_queue (task_id);
comment on table pawl.limit_queue is 'Steps that found no slot: the most urgent first, then the oldest.';
comment on column pawl.limit_queue.priority is 'of its task: smaller runs first';

alter table pawl.steps drop constraint what_it_waits_for_is_known;
alter table pawl.steps add constraint what_it_waits_for_is_known
  check (waits_for in ('retry', 'answer', 'alone', 'limit'));
comment on column pawl.steps.waits_for is
  'retry: for the next attempt; answer: for somebody''s; alone: for a worker with nothing else in hand; limit: for a slot; null while it can be claimed';
