-- Two timers of a task may fire the same event: told again, its past has to say which of them did.
-- (The event of an `after` bears its timer's name.)
alter table pawl.events add column timer_id text;
comment on column pawl.events.timer_id is 'of a timer''s event: which timer fired; null of others';
update pawl.events set timer_id = type where cause = 'timer';
