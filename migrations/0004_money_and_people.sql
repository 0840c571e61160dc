-- What a task may spend and has spent, the people who are asked, and what is remembered.

create table pawl.budget_pools (
  pool                      text        not null,
  cap_microusd              bigint      not null,
  reserved_microusd         bigint      not null default 0,
  spent_microusd            bigint      not null default 0,
  overrun_microusd          bigint      not null default 0,
  dropped_spent_microusd    bigint      not null default 0,
  dropped_overrun_microusd  bigint      not null default 0,
  created_at                timestamptz not null,

  constraint budget_pools_pk                   primary key (pool),
  constraint promises_fit_the_pool             check (spent_microusd + reserved_microusd <= cap_microusd),
  constraint a_pool_is_not_negative            check (reserved_microusd >= 0 and spent_microusd >= 0 and overrun_microusd >= 0)
);
comment on table pawl.budget_pools is 'A budget that many tasks share, in micro-dollars.';
comment on column pawl.budget_pools.overrun_microusd is 'what settled calls cost beyond what had been reserved for them';
comment on column pawl.budget_pools.dropped_spent_microusd is 'how much of spent_microusd is in no ledger any more: its month was dropped';
comment on column pawl.budget_pools.dropped_overrun_microusd is 'the same of overrun_microusd';

create table pawl.budgets (
  task_id               uuid    not null,
  pool                  text,
  cap_tokens            bigint,
  reserved_tokens       bigint  not null default 0,
  spent_tokens          bigint  not null default 0,
  overrun_tokens        bigint  not null default 0,
  cap_microusd          bigint,
  reserved_microusd     bigint  not null default 0,
  spent_microusd        bigint  not null default 0,
  overrun_microusd      bigint  not null default 0,
  cap_tool_calls        bigint,
  reserved_tool_calls   bigint  not null default 0,
  spent_tool_calls      bigint  not null default 0,
  cap_model_calls       bigint,
  reserved_model_calls  bigint  not null default 0,
  spent_model_calls     bigint  not null default 0,
  cap_replans           bigint,
  spent_replans         bigint  not null default 0,
  wall_clock_ms         bigint,
  deadline_at           timestamptz,
  calls                 integer not null default 0,

  constraint budgets_pk                      primary key (task_id),
  constraint a_budgets_pool_exists           foreign key (pool) references pawl.budget_pools,
  constraint promises_fit_the_cap            check (spent_microusd + reserved_microusd <= cap_microusd),
  constraint promised_tokens_fit_the_cap     check (spent_tokens + reserved_tokens <= cap_tokens),
  constraint promised_tool_calls_fit_the_cap check (spent_tool_calls + reserved_tool_calls <= cap_tool_calls),
  constraint promised_model_calls_fit_the_cap check (spent_model_calls + reserved_model_calls <= cap_model_calls),
  constraint replans_fit_the_cap             check (spent_replans <= cap_replans),
  constraint money_is_not_negative check (
    spent_microusd >= 0 and reserved_microusd >= 0 and overrun_microusd >= 0
    and spent_tokens >= 0 and reserved_tokens >= 0 and overrun_tokens >= 0
    and spent_tool_calls >= 0 and reserved_tool_calls >= 0
    and spent_model_calls >= 0 and reserved_model_calls >= 0
    and spent_replans >= 0
  )
);
comment on table pawl.budgets is 'What a task may spend and has spent: reserved at worst case before a call, settled to the truth after it. A null cap is no cap.';
comment on column pawl.budgets.overrun_microusd is 'cost beyond what was reserved; outside the check, and counted against what may still be promised';
comment on column pawl.budgets.cap_microusd is 'what may be spent and promised together; null: as much as it takes';
comment on column pawl.budgets.deadline_at is 'when wall_clock_ms ends; moved on by the time a person took';
comment on column pawl.budgets.calls is 'the last call_no given';

create sequence pawl.ledger_entry_no as bigint;
comment on sequence pawl.ledger_entry_no is 'increasing, not gapless';
create table pawl.ledger (
  task_id     uuid        not null,
  entry_no    bigint      not null default nextval('pawl.ledger_entry_no'),
  call_no     integer,
  dimension   text        not null,
  kind        text        not null,
  reserved    bigint      not null,
  spent       bigint      not null,
  overrun     bigint      not null default 0,
  pool        text,
  created_at  timestamptz not null,

  constraint ledger_pk               primary key (task_id, entry_no),
  constraint dimension_is_known      check (dimension in ('tokens', 'microusd', 'tool_calls', 'model_calls', 'replans')),
  constraint ledger_kind_is_known    check (kind in ('reserve', 'settle'))
) partition by range (task_id);
comment on table pawl.ledger is 'Every increment of a budget. Its sums equal the budget''s counters.';
comment on column pawl.ledger.dimension is 'which counter of the budget';
comment on column pawl.ledger.kind is 'reserve: promised before a call; settle: the truth after it';
comment on column pawl.ledger.pool is 'the pool that it was taken from, too';

create table pawl.reviews (
  task_id        uuid        not null,
  review_no      integer     not null,
  kind           text        not null,
  question       text        not null,
  context        jsonb       not null,
  choices        text[]      not null,
  step_no        integer,
  act_no         integer,
  envelope_no    integer,
  envelope_hash  text,
  status         text        not null,
  decision       text,
  edit           jsonb,
  answer         jsonb,
  note           text,
  decided_by     text,
  decided_role   text,
  opened_at      timestamptz not null,
  decided_at     timestamptz,

  constraint reviews_pk                        primary key (task_id, review_no),
  constraint review_kind_is_known              check (kind in ('action', 'budget', 'escalation', 'unknown_call')),
  constraint review_status_is_known            check (status in ('waiting', 'decided', 'withdrawn')),
  constraint a_decision_is_one_of_the_choices  check (decision = any (choices)),
  constraint a_decided_review_says_what_and_who check (
    (status = 'decided') = (decision is not null and decided_role is not null)
    and (status = 'waiting') = (decided_at is null)
  )
);
create index reviews_waiting on pawl.reviews (opened_at) where status = 'waiting';
comment on table pawl.reviews is 'Questions put to people, each with everything needed to answer it. pawl.decide_review answers.';
comment on column pawl.reviews.envelope_hash is 'what is approved: exactly this envelope, and nothing else';
comment on column pawl.reviews.kind is
  'action: may exactly this be done; budget: may it spend more; escalation: how to go on; unknown_call: did it happen';
comment on column pawl.reviews.status is 'waiting; decided; withdrawn: the task ended without an answer';
comment on column pawl.reviews.choices is 'the decisions that pawl.decide_review takes for it';
comment on column pawl.reviews.decision is 'the choice that was made';
comment on column pawl.reviews.context is 'what a person needs to answer: input, plan, what came of it, what is known';
comment on column pawl.reviews.decided_by is 'a label given by the caller; decided_role is who the database says it was';

create table pawl.assessments (
  task_id         uuid             not null,
  step_no         integer          not null,
  act_no          integer          not null,
  envelope_no     integer          not null,
  envelope_hash   text             not null,
  raw_confidence  double precision not null,
  threshold       double precision not null,
  decision        text             not null,
  reason          text             not null,
  correct         boolean,
  label_source    text,
  labelled_at     timestamptz,
  created_at      timestamptz      not null,

  constraint assessments_pk                 primary key (task_id, step_no),
  constraint confidence_is_a_probability    check (raw_confidence between 0 and 1 and threshold between 0 and 1),
  constraint assessment_decision_is_known   check (decision in ('auto', 'review')),
  constraint a_label_says_where_it_is_from  check (
    (correct is null) = (label_source is null) and (correct is null) = (labelled_at is null)
  )
) partition by range (task_id);
comment on table pawl.assessments is 'How sure the agent said it was of a consequential action, what was done about it, and who was right.';
comment on column pawl.assessments.raw_confidence is 'as the model stated it, 0 to 1; not calibrated';
comment on column pawl.assessments.envelope_hash is 'of the envelope that was assessed';
comment on column pawl.assessments.threshold is 'from here on it needed no person';
comment on column pawl.assessments.decision is 'auto: sent without asking; review: a person was asked';
comment on column pawl.assessments.correct is 'ground truth, from pawl.label_outcome';

create sequence pawl.memory_no as bigint;
comment on sequence pawl.memory_no is 'increasing, not gapless';
create table pawl.memories (
  task_id     uuid        not null,
  memory_no   bigint      not null default nextval('pawl.memory_no'),
  kind        text        not null,
  body        text        not null,
  step_no     integer,
  act_no      integer,
  review_no   integer,
  created_at  timestamptz not null,

  constraint memories_pk           primary key (task_id, memory_no),
  constraint memory_kind_is_known  check (kind in ('fact', 'decision', 'question'))
) partition by range (task_id);
comment on table pawl.memories is 'Facts, decisions and open questions, with their source, from which each prompt is rebuilt.';
comment on column pawl.memories.kind is 'fact: what was found; decision: what was decided, and why; question: what is open';
