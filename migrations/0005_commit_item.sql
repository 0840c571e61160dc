-- One item of pawl.commit, parsed once at the door.
create type pawl.commit_item as (
  item_no         integer,
  answer          text,
  task_id         uuid,
  revision        bigint,
  commit_id       uuid,
  worker_id       uuid,
  release         text,
  step            jsonb,
  transition      jsonb,
  snapshot        jsonb,
  state           text,
  status          text,
  output          jsonb,
  error           jsonb,
  open_steps      jsonb,
  stop_steps      jsonb,
  set_timers      jsonb,
  remove_timers   jsonb,
  attach          jsonb
);
comment on type pawl.commit_item is 'private: one item of a batch handed to pawl.commit, and the answer it got';
