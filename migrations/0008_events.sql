-- Events are sent without a lock on their task.  So each of them says itself whether somebody has
-- looked at it, and under which name its sender may send it again.
alter table pawl.events
  add column key text,
  add column seen_revision bigint,
  add constraint an_event_key_is_not_empty check (length(key) between 1 and 200);
create unique index an_event_key_is_used_once on pawl.events (task_id, key) where key is not null;
comment on column pawl.events.key is 'the sender''s own name for it: sent again under this name, it counts once';
comment on column pawl.events.seen_revision is
  'a worker looked at it in the state of this revision, which does not take it; null until then';

alter table pawl.machines add column event_schemas jsonb not null default '{}';
comment on column pawl.machines.event_schemas is
  'JSON Schema of what an event of that type bears besides its type; a type without one bears anything';

create table pawl.loops (
  loop       text        not null,
  place      uuid,
  ticked_at  timestamptz not null,

  constraint loops_pk primary key (loop)
);
insert into pawl.loops (loop, ticked_at) values ('wake_forgotten', '-infinity');
comment on table pawl.loops is 'Loops that one worker at a time does, and where the last one left off.';
comment on column pawl.loops.place is 'the last task it looked at; null: it begins again with the oldest';
