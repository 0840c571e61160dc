-- The growing tables, keyed by task_id first and partitioned on it by month (a UUIDv7 is time).
-- Foreign keys on this hot path point only at definitions; pawl.make_month makes the partitions.

create table pawl.tasks (
  task_id         uuid        not null,
  tenant          text        not null,
  machine         text        not null,
  machine_id      bigint      not null,
  key             text,
  input           jsonb       not null,
  output          jsonb,
  error           jsonb,
  state           text        not null,
  status          text        not null,
  revision        bigint      not null,
  snapshot        jsonb,
  labels          jsonb       not null default '{}',
  budget          jsonb,
  priority        integer     not null default 0,
  run_at          timestamptz not null,
  submitted_by    text        not null,
  parent_task_id  uuid,
  parent_step_no  integer,
  planned         boolean     not null,
  woken_at        timestamptz,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  finished_at     timestamptz,

  constraint tasks_pk                        primary key (task_id),
  constraint status_is_known                 check (status in ('ready', 'waiting', 'review', 'paused', 'succeeded', 'failed', 'cancelled')),
  constraint a_finished_task_says_when       check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled'))),
  constraint a_child_answers_one_invoke      check ((parent_task_id is null) = (parent_step_no is null)),
  constraint revisions_count_from_zero       check (revision >= 0),
  constraint tasks_run_a_registered_machine  foreign key (machine_id) references pawl.machines
) partition by range (task_id);
create table pawl.tasks_unplaced partition of pawl.tasks default;
comment on table pawl.tasks_unplaced is
  'Always empty: here an insert that fits no month meets the trigger that says why it is refused.';
create index tasks_by_key on pawl.tasks (machine, key) where key is not null;
create index tasks_alive on pawl.tasks (task_id) where finished_at is null;
create index tasks_by_parent on pawl.tasks (parent_task_id) where parent_task_id is not null;
comment on table pawl.tasks is
  'One piece of work someone asked for. Insert machine and input (and key, priority, run_at, labels, budget if you like); everything else is the engine''s.';
comment on column pawl.tasks.key is 'the caller''s own: one task per (machine, key)';
comment on column pawl.tasks.tenant is 'always `default` so far';
comment on column pawl.tasks.machine_id is 'the version it began on, and stays on';
comment on column pawl.tasks.output is 'what its machine ended with, where it succeeded';
comment on column pawl.tasks.labels is 'the caller''s own, for queries';
comment on column pawl.tasks.run_at is 'not begun before';
comment on column pawl.tasks.submitted_by is 'who the database says inserted it';
comment on column pawl.tasks.parent_step_no is 'which invoke of its parent it answers';
comment on column pawl.tasks.planned is 'its tool calls must belong to a plan step: so it was when the task began';
comment on column pawl.tasks.state is 'where its machine is; `(new)` until a worker has taken the first move';
comment on column pawl.tasks.status is
  'ready: has something to do or is doing it; waiting: for a timer, event or retry; review: for a person; paused; succeeded; failed; cancelled';
comment on column pawl.tasks.revision is 'counts its transitions; every write of the state is compare-and-set on it';
comment on column pawl.tasks.snapshot is 'private: the machine''s snapshot as JSON, children kept as id and src';
comment on column pawl.tasks.budget is 'as asked: tokens, microusd, tool_calls, model_calls, replans, wall_clock_ms, pool; what counts is pawl.budgets';
comment on column pawl.tasks.priority is 'smaller runs first';
comment on column pawl.tasks.woken_at is 'when somebody last enqueued a wake-up for it';

create table pawl.task_keys (
  tenant      text  not null,
  machine     text  not null,
  key         text  not null,
  task_id     uuid  not null,
  input_hash  bytea not null,

  constraint a_key_names_one_task primary key (tenant, machine, key)
);
comment on table pawl.task_keys is 'The task a caller''s key belongs to, and the hash of its input: a key seen before starts nothing.';
comment on column pawl.task_keys.input_hash is 'sha-256 of the input as PostgreSQL writes it';
comment on column pawl.task_keys.key is 'the caller''s own name for the piece of work';

create sequence pawl.event_no as bigint;
comment on sequence pawl.event_no is 'increasing, not gapless';
create table pawl.events (
  task_id            uuid        not null,
  event_no           bigint      not null default nextval('pawl.event_no'),
  cause              text        not null,
  cause_no           bigint,
  type               text        not null,
  payload            jsonb       not null,
  sent_by            text        not null,
  created_at         timestamptz not null,
  consumed_revision  bigint,

  constraint events_pk               primary key (task_id, event_no),
  constraint event_cause_is_known    check (cause in ('event', 'timer', 'review', 'child', 'engine')),
  constraint an_event_is_an_object   check (jsonb_typeof(payload) = 'object')
) partition by range (task_id);
create index events_waiting on pawl.events (task_id, event_no) where consumed_revision is null;
comment on table pawl.events is 'The inbox: what came from outside (a signal, a decision, a timer that fired) and waits for a state that takes it.';
comment on column pawl.events.cause is
  'event: sent from outside; timer: fired; review: a decision; child: a child''s end; engine: pawl''s own';
comment on column pawl.events.payload is 'the whole event as the machine sees it, type included';
comment on column pawl.events.consumed_revision is 'the transition that took it';

create table pawl.transitions (
  task_id     uuid        not null,
  revision    bigint      not null,
  cause       text        not null,
  cause_no    bigint,
  event       text        not null,
  machine_id  bigint      not null,
  edge_no     integer     not null,
  from_state  text        not null,
  to_state    text        not null,
  commit_id   uuid        not null,
  worker_id   uuid,
  created_at  timestamptz not null,

  constraint transitions_pk                    primary key (task_id, revision),
  constraint transition_cause_is_known         check (cause in ('start', 'step', 'timer', 'event', 'review', 'child', 'engine')),
  constraint a_transition_is_an_edge_of_the_chart
    foreign key (machine_id, edge_no, from_state, to_state)
    references pawl.machine_edges (machine_id, edge_no, from_state, to_state)
) partition by range (task_id);
comment on table pawl.transitions is 'The diary: for this cause the task went from here to there, at this revision. Never changed.';
comment on column pawl.transitions.cause is 'what made it happen: as events.cause, or the start, or a step''s result';
comment on column pawl.transitions.cause_no is 'the step_no or event_no that caused it';
comment on column pawl.transitions.event is 'the real event type; the edge may say it with a wildcard';
comment on column pawl.transitions.commit_id is 'chosen by the worker, so that after a lost answer it can look whether its commit is there';

create table pawl.steps (
  task_id             uuid        not null,
  step_no             integer     not null,
  actor_id            text        not null,
  src                 text        not null,
  input               jsonb,
  status              text        not null,
  attempts            integer     not null default 0,
  attempts_max        integer     not null,
  losses              integer     not null default 0,
  wake_at             timestamptz,
  waits_for           text,
  output              jsonb,
  error               jsonb,
  cleaned             boolean     not null default false,
  opened_revision     bigint      not null,
  delivered_revision  bigint,
  opened_at           timestamptz not null,
  closed_at           timestamptz,

  constraint steps_pk                    primary key (task_id, step_no),
  constraint step_status_is_known        check (status in ('open', 'succeeded', 'failed', 'stopped')),
  constraint a_closed_step_says_when     check ((closed_at is not null) = (status <> 'open')),
  constraint what_it_waits_for_is_known  check (waits_for in ('retry', 'answer')),
  constraint only_an_open_step_waits     check (status = 'open' or (wake_at is null and waits_for is null)),
  constraint attempts_stay_under_the_limit check (attempts - losses <= attempts_max)
) partition by range (task_id);
create index steps_open on pawl.steps (task_id, step_no) where status = 'open';
create index steps_to_wake on pawl.steps (wake_at) where wake_at is not null;
create index steps_undelivered on pawl.steps (task_id) where status in ('succeeded', 'failed') and delivered_revision is null;
comment on table pawl.steps is 'One act the machine asked for (an invoked actor), done once, however many attempts it takes.';
comment on column pawl.steps.actor_id is 'the invoke''s id in the chart';
comment on column pawl.steps.src is 'the name of the function that does it';
comment on column pawl.steps.status is
  'open: to be done or being done; succeeded; failed: for good; stopped: the machine let it go';
comment on column pawl.steps.waits_for is 'retry: for the next attempt; answer: for somebody''s; null while it can be claimed';
comment on column pawl.steps.attempts is 'attempts begun; those lost with their worker (losses) or parked do not use up attempts_max';
comment on column pawl.steps.losses is 'attempts that did not count: lost with a dead worker, or parked';
comment on column pawl.steps.wake_at is 'parked until then; null while it can be claimed';
comment on column pawl.steps.cleaned is 'the result held \u0000 or lone surrogates, which became U+FFFD';
comment on column pawl.steps.delivered_revision is 'the transition that took its result; null while the result waits';

create table pawl.attempts (
  task_id      uuid        not null,
  step_no      integer     not null,
  attempt      integer     not null,
  worker_id    uuid        not null,
  release      text        not null,
  started_at   timestamptz not null,
  finished_at  timestamptz,
  outcome      text,
  error        jsonb,

  constraint attempts_pk                   primary key (task_id, step_no, attempt),
  constraint attempt_outcome_is_known      check (outcome in ('succeeded', 'failed', 'parked', 'lost', 'stopped', 'handed_back')),
  constraint an_ended_attempt_says_how     check ((outcome is null) = (finished_at is null))
) partition by range (task_id);
create unique index a_step_has_one_open_attempt on pawl.attempts (task_id, step_no) where finished_at is null;
create index attempts_in_hand on pawl.attempts (worker_id) where finished_at is null;
comment on table pawl.attempts is 'One try at a step by one worker, fenced by its number: once it is over, nothing it writes counts.';
comment on column pawl.attempts.outcome is
  'null while in hand; succeeded; failed; parked: waits and comes again; lost: with its worker; stopped: let go; handed_back: unused';
comment on column pawl.attempts.release is 'hash of the code and prompts that ran';

create table pawl.timers (
  task_id       uuid        not null,
  timer_id      text        not null,
  fire_at       timestamptz not null,
  event         jsonb       not null,
  set_revision  bigint      not null,

  constraint timers_pk primary key (task_id, timer_id)
);
create index timers_due on pawl.timers (fire_at);
comment on table pawl.timers is 'Durable `after`: deleted when fired, as an event in the inbox, or when the state is left.';
comment on column pawl.timers.fire_at is 'infinity while the clock stands still for a person';
