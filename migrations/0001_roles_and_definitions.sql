-- Who may do what, and the machines that say which moves exist.
-- Roles belong to the whole cluster, so another database of it may have made them already, or be
-- making them at this moment.

do $$
declare
  v_role text;
begin
  foreach v_role in array array['pawl_submitter', 'pawl_worker', 'pawl_reviewer', 'pawl_observer'] loop
    begin
      execute format('create role %I nologin', v_role);
    exception
      when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, v_role, 'member') then
      execute format('grant %I to current_user', v_role);
    end if;
  end loop;
end
$$;

comment on schema pawl is
  'pawl: a Postgres-native state machine engine for production AI agents. Tables are read, functions are called.';

create table pawl.machines (
  machine_id       bigint      not null generated always as identity,
  machine          text        not null,
  version          integer     not null,
  definition_hash  text        not null,
  definition       jsonb       not null,
  input_schema     jsonb       not null default 'true',
  output_schema    jsonb       not null default 'true',
  tools            jsonb       not null default '{}',
  budget           jsonb       not null default '{}',
  takes            text[]      not null default '{}',
  warnings         text[]      not null default '{}',
  planned          boolean     not null default false,
  current          boolean     not null default false,
  registered_at    timestamptz not null,

  constraint machines_pk                        primary key (machine_id),
  constraint a_machine_numbers_its_versions     unique (machine, version),
  constraint a_definition_is_registered_once    unique (machine, definition_hash),
  constraint a_machine_has_a_plain_name         check (machine ~ '^[a-z][a-z0-9_]{0,62}$'),
  constraint versions_count_from_one            check (version >= 1)
);
create unique index a_machine_has_one_current_version on pawl.machines (machine) where current;

comment on table pawl.machines is
  'Every version of every machine ever registered. A task stays on the version it began on.';
comment on column pawl.machines.definition_hash is
  'sha-256 (hex) of the structural definition and the schemas: a structural change is a new version';
comment on column pawl.machines.budget is
  'what a task may spend where its own row says nothing; keys as in tasks.budget';
comment on column pawl.machines.takes is
  'the outside events that some state of this machine takes (event descriptors, wildcards included)';
comment on column pawl.machines.tools is 'an agent''s tools: the JSON Schema of each one''s arguments';
comment on column pawl.machines.planned is 'an agent: its tool calls must belong to a plan step';
comment on column pawl.machines.warnings is 'what `pawl check` found doubtful, and registered all the same';
comment on column pawl.machines.current is 'the version that new tasks begin on';

create table pawl.machine_states (
  machine_id  bigint  not null,
  state       text    not null,
  final       boolean not null,
  outcome     text,
  tags        text[]  not null default '{}',
  invokes     jsonb   not null default '[]',

  constraint machine_states_pk               primary key (machine_id, state),
  constraint states_belong_to_a_machine      foreign key (machine_id) references pawl.machines,
  constraint outcome_is_known                check (outcome in ('succeeded', 'failed', 'cancelled')),
  constraint only_a_final_state_has_an_outcome check (final = (outcome is not null))
);
comment on table pawl.machine_states is 'The stable states of a machine version, as canonical text.';
comment on column pawl.machine_states.outcome is 'what a task that ends here is: by the state''s tag';
comment on column pawl.machine_states.final is 'the task ends here, and nothing leaves it';
comment on column pawl.machine_states.invokes is 'the actors this state asks for: actor_id, src, catches';

create table pawl.machine_edges (
  machine_id  bigint  not null,
  edge_no     integer not null,
  from_state  text    not null,
  event       text    not null,
  to_state    text    not null,
  kind        text    not null,

  constraint machine_edges_pk           primary key (machine_id, edge_no),
  constraint edges_can_be_pointed_at    unique (machine_id, edge_no, from_state, to_state),
  constraint an_edge_leaves_a_state     foreign key (machine_id, from_state) references pawl.machine_states,
  constraint an_edge_reaches_a_state    foreign key (machine_id, to_state) references pawl.machine_states,
  constraint edge_kind_is_known         check (kind in ('machine', 'engine'))
);
comment on table pawl.machine_edges is
  'Every move a machine version allows: macrosteps between stable states. transitions points here, so no task leaves its chart.';
comment on column pawl.machine_edges.kind is 'machine: drawn in the chart; engine: pawl''s own moves, such as pawl.started';

create table pawl.prices (
  model                            text        not null,
  valid_from                       timestamptz not null,
  band_from_tokens                 bigint      not null default 0,
  input_microusd_per_mtok          bigint      not null,
  output_microusd_per_mtok         bigint      not null,
  cache_read_microusd_per_mtok     bigint      not null,
  cache_write_5m_microusd_per_mtok bigint      not null,
  cache_write_1h_microusd_per_mtok bigint      not null,

  constraint prices_pk               primary key (model, valid_from, band_from_tokens),
  constraint prices_are_not_negative check (
    band_from_tokens >= 0
    and input_microusd_per_mtok >= 0
    and output_microusd_per_mtok >= 0
    and cache_read_microusd_per_mtok >= 0
    and cache_write_5m_microusd_per_mtok >= 0
    and cache_write_1h_microusd_per_mtok >= 0
  )
);
comment on table pawl.prices is
  'The dated price book, in micro-dollars per million tokens. A model without a price here is refused, not guessed.';
comment on column pawl.prices.band_from_tokens is
  'the price holds for prompts of at least this many tokens, cache reads and writes included';

create table pawl.workers (
  worker_id         uuid        not null,
  graphile_pool_id  text,
  release           text        not null,
  host              text        not null,
  pid               integer     not null,
  serves            text[]      not null,
  concurrency       integer     not null,
  started_at        timestamptz not null,
  heartbeat_at      timestamptz not null,
  stopped_at        timestamptz,
  buried_at         timestamptz,

  constraint workers_pk primary key (worker_id),
  constraint a_worker_ends_once check (stopped_at is null or buried_at is null)
);
create index workers_alive on pawl.workers (heartbeat_at) where stopped_at is null and buried_at is null;
comment on table pawl.workers is 'Worker processes, one row a life. Buried: silent for longer than the lease.';
comment on column pawl.workers.graphile_pool_id is 'locked_by of its jobs, so that they can be unlocked when it dies';
comment on column pawl.workers.serves is 'the machine versions it can run, as machine:version';
comment on column pawl.workers.release is 'hash of the code and prompts that it runs';
comment on column pawl.workers.heartbeat_at is 'its last sign of life; silent for longer than the lease, it is buried';
