-- A delayed word to another task: its timer fires into that one's inbox.
alter table pawl.timers
  add column sends_to integer,
  add constraint only_an_event_is_sent check (sends_to is null or kind = 'event');
comment on column pawl.timers.sends_to is
  'whom its event is for: null: the task itself; 0: its parent; else the child of that step';
