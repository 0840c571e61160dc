-- What a machine's author says of a state (XState's `meta`), for whoever shows or searches tasks.

alter table pawl.machine_states add column meta jsonb not null default '{}';
comment on column pawl.machine_states.meta is
  'what the machine''s author says of each active node that has meta, by the node''s id';
