-- Plans, the calls that leave the building, what they may cost, and the people who are asked.

create table pawl.plans (
  task_id         uuid        not null,
  plan_no         integer     not null,
  parent_plan_no  integer,
  step_no         integer     not null,
  reason          text        not null,
  thought         text,
  steps_hash      text        not null,
  created_at      timestamptz not null,

  constraint plans_pk                  primary key (task_id, plan_no),
  constraint a_replan_names_its_parent check ((plan_no = 1) = (parent_plan_no is null)),
  constraint a_plan_follows_its_parent check (parent_plan_no < plan_no)
) partition by range (task_id);
comment on table pawl.plans is 'Immutable. A re-plan is a new plan with a parent and a reason.';
comment on column pawl.plans.reason is 'why there is this plan after the one before';
comment on column pawl.plans.step_no is 'the step that made it';
comment on column pawl.plans.steps_hash is 'pawl.plan_hash of its steps as they were stored: by it a changed plan is found out';

create table pawl.plan_steps (
  task_id    uuid    not null,
  plan_no    integer not null,
  ordinal    integer not null,
  act_no     integer not null,
  tool       text    not null,
  args       jsonb   not null,
  expected   jsonb   not null,
  carried    boolean not null default false,

  constraint plan_steps_pk                       primary key (task_id, plan_no, ordinal),
  constraint an_act_stands_once_in_a_plan        unique (task_id, plan_no, act_no),
  constraint plan_steps_can_be_pointed_at        unique (task_id, plan_no, ordinal, tool),
  constraint ordinals_count_from_one             check (ordinal >= 1 and act_no >= 1)
) partition by range (task_id);
comment on table pawl.plan_steps is 'The explicit tool calls of a plan, in order, with what each is expected to bring.';
comment on column pawl.plan_steps.act_no is 'the act through all plans: a finished step keeps it in the next plan';
comment on column pawl.plan_steps.args is 'per argument {"value": …} or {"from_step": ordinal, "path": "…"}: a slot filled from an earlier result';
comment on column pawl.plan_steps.expected is 'says: what it should bring; judge: whether that takes the critic''s judgement';
comment on column pawl.plan_steps.carried is 'finished under an earlier plan; code, not the model, put it here';

create table pawl.envelopes (
  task_id        uuid        not null,
  act_no         integer     not null,
  envelope_no    integer     not null,
  plan_no        integer     not null,
  tool           text        not null,
  tool_version   text        not null,
  args           jsonb       not null,
  hash           text        not null,
  preconditions  jsonb       not null default '{}',
  made_by        text        not null,
  created_at     timestamptz not null,

  constraint envelopes_pk primary key (task_id, act_no, envelope_no),
  constraint envelopes_count_from_one check (envelope_no >= 1)
);
comment on table pawl.envelopes is 'Exactly what would be sent, as a row with a hash: what a person approves. An edit is the next envelope_no.';
comment on column pawl.envelopes.hash is 'pawl.envelope_hash of tool, version and arguments, computed only in the database';
comment on column pawl.envelopes.made_by is '`agent`, or the label of the person who edited it';
comment on column pawl.envelopes.preconditions is 'the plan and the result hashes it was filled from, checked again at the send';

create table pawl.payloads (
  task_id  uuid  not null,
  hash     text  not null,
  body     jsonb not null,

  constraint payloads_pk primary key (task_id, hash)
) partition by range (task_id);
comment on table pawl.payloads is 'Long requests and answers, whole, once; rows elsewhere say {"$payload": hash}. pawl.whole() reads them back.';
comment on column pawl.payloads.hash is 'sha-256 of the body as PostgreSQL writes it';

create table pawl.tool_calls (
  task_id          uuid        not null,
  call_no          integer     not null,
  step_no          integer     not null,
  attempt          integer     not null,
  position         integer     not null,
  act_no           integer,
  plan_no          integer,
  ordinal          integer,
  envelope_no      integer,
  try_no           integer     not null,
  call_key         text        not null,
  purpose          text        not null,
  tool             text        not null,
  tool_version     text        not null,
  class            text        not null,
  consequential    boolean     not null,
  planned          boolean     not null,
  request          jsonb       not null,
  request_hash     text        not null,
  outcome          text,
  answer           jsonb,
  answer_hash      text,
  error            jsonb,
  approval         jsonb,
  latency_ms       integer,
  cleaned          boolean     not null default false,
  worker_id        uuid        not null,
  undoes_task_id   uuid,
  undoes_call_no   integer,
  intended_at      timestamptz not null,
  settled_at       timestamptz,

  constraint tool_calls_pk                primary key (task_id, call_no),
  constraint a_try_is_made_once           unique (task_id, step_no, position, try_no),
  constraint call_purpose_is_known        check (purpose in ('act', 'reconcile', 'undo')),
  constraint class_of_effect_is_known     check (class in ('read', 'A', 'B', 'C')),
  constraint tool_outcome_is_known        check (outcome in ('found', 'empty', 'failed', 'refused', 'unknown')),
  constraint a_settled_call_has_an_outcome check ((outcome is null) = (settled_at is null)),
  constraint an_agents_call_has_a_plan_step
    check (purpose <> 'act' or not planned or (plan_no is not null and ordinal is not null)),
  constraint a_consequential_act_was_approved
    check (
      not consequential or purpose <> 'act' or not planned or approval is not null
      or outcome is not distinct from 'refused'
    ),
  constraint an_undo_names_what_it_undoes
    check ((purpose = 'undo') = (undoes_task_id is not null and undoes_call_no is not null))
) partition by range (task_id);
create unique index an_act_succeeds_once on pawl.tool_calls (task_id, act_no)
  where consequential and purpose = 'act' and outcome = 'found' and act_no is not null;
create index tool_calls_by_key on pawl.tool_calls (task_id, call_key);
create index tool_calls_in_flight on pawl.tool_calls (task_id) where settled_at is null;
comment on table pawl.tool_calls is 'One row per try of a tool call: the intent is committed before anything is sent, the outcome after.';
comment on column pawl.tool_calls.position is 'which call of its step it is, counted from 0: a step tried again gets its answers by it';
comment on column pawl.tool_calls.act_no is 'the plan step followed through all plans; null where there is no plan';
comment on column pawl.tool_calls.try_no is 'counted by step and position, asking whether it happened included';
comment on column pawl.tool_calls.purpose is 'act; reconcile: asking whether an act happened; undo';
comment on column pawl.tool_calls.consequential is 'it changes something outside: sent only as it was approved, and succeeds once';
comment on column pawl.tool_calls.planned is 'as its task: it must belong to a plan step';
comment on column pawl.tool_calls.call_key is 'the idempotency key the outside sees; the same for all tries, never from model text';
comment on column pawl.tool_calls.request_hash is 'sha-256 of what was sent: another request at the same position is refused';
comment on column pawl.tool_calls.answer_hash is 'sha-256 of the answer: what later envelopes were filled from is told by it';
comment on column pawl.tool_calls.class is 'what may follow `unknown`: read: repeat; A: takes our key, send again; B: can be asked first; C: neither, a person decides';
comment on column pawl.tool_calls.outcome is 'null while in flight, or lost with its worker; found, empty (nothing there), failed (did not happen), refused (never sent), unknown (sent, no answer)';
comment on column pawl.tool_calls.cleaned is 'the answer held \u0000 or lone surrogates, which became U+FFFD';
comment on column pawl.tool_calls.approval is 'who let a consequential call through: a person''s review, or an assessment at or above the threshold, with the hash of what was approved';

create table pawl.model_calls (
  task_id                uuid        not null,
  call_no                integer     not null,
  step_no                integer     not null,
  attempt                integer     not null,
  position               integer     not null,
  act_no                 integer,
  try_no                 integer     not null,
  call_key               text        not null,
  purpose                text        not null,
  tier                   text        not null,
  model                  text        not null,
  voice                  text        not null,
  request                jsonb       not null,
  request_hash           text        not null,
  outcome                text,
  stop_reason            text,
  answer                 jsonb,
  answer_hash            text,
  error                  jsonb,
  request_id             text,
  latency_ms             integer,
  cleaned                boolean     not null default false,
  worker_id              uuid        not null,
  reserved_tokens        bigint      not null,
  reserved_microusd      bigint      not null,
  input_tokens           bigint      not null default 0,
  output_tokens          bigint      not null default 0,
  cache_read_tokens      bigint      not null default 0,
  cache_write_5m_tokens  bigint      not null default 0,
  cache_write_1h_tokens  bigint      not null default 0,
  cost_microusd          bigint      not null default 0,
  saved_microusd         bigint      not null default 0,
  price_valid_from       timestamptz not null,
  price_band             bigint      not null,
  intended_at            timestamptz not null,
  settled_at             timestamptz,

  constraint model_calls_pk                primary key (task_id, call_no),
  constraint a_model_try_is_made_once      unique (task_id, step_no, position, try_no),
  constraint model_outcome_is_known        check (outcome in ('found', 'empty', 'failed', 'refused', 'unknown')),
  constraint a_settled_answer_has_an_outcome check ((outcome is null) = (settled_at is null)),
  constraint tokens_and_costs_are_not_negative check (
    input_tokens >= 0 and output_tokens >= 0 and cost_microusd >= 0 and saved_microusd >= 0
    and cache_read_tokens >= 0 and cache_write_5m_tokens >= 0 and cache_write_1h_tokens >= 0
  ),
  constraint a_model_call_has_a_price
    foreign key (model, price_valid_from, price_band) references pawl.prices (model, valid_from, band_from_tokens)
) partition by range (task_id);
create index model_calls_in_flight on pawl.model_calls (task_id) where settled_at is null;
comment on table pawl.model_calls is 'One row per try of a model call: request and answer whole, tokens, cost, and the price they were reckoned at.';
comment on column pawl.model_calls.voice is 'who answered: anthropic, or the name of a stand-in';
comment on column pawl.model_calls.position is 'which call of its step it is, counted from 0';
comment on column pawl.model_calls.call_key is 'the same for all tries';
comment on column pawl.model_calls.request_hash is 'sha-256 of what was sent: another request at the same position is refused';
comment on column pawl.model_calls.answer_hash is 'sha-256 of the answer, whole';
comment on column pawl.model_calls.price_band is 'prices.band_from_tokens of the price it was reckoned at';
comment on column pawl.model_calls.purpose is 'what was asked: plan, replan, assess, judge, or a step''s own word';
comment on column pawl.model_calls.tier is 'the strength that was asked for; the app says which model that is';
comment on column pawl.model_calls.input_tokens is 'sent new: neither read from the cache nor written to it';
comment on column pawl.model_calls.outcome is 'found: an answer of the right shape; empty: an answer without text; failed: an error or a wrong shape; unknown: sent, no answer';
comment on column pawl.model_calls.cost_microusd is 'micro-dollars, rounded up; an unknown outcome is charged at what was reserved';
comment on column pawl.model_calls.cleaned is 'the answer held \u0000 or lone surrogates, which became U+FFFD';
comment on column pawl.model_calls.saved_microusd is 'what a cache hit did not cost';

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
