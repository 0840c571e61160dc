-- Plans, and the calls that leave the building.

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
