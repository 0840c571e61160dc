-- Nobody is buried for a time in which nobody could show a sign of life: Postgres may have been
-- away, and of a session's crash, after which all begin anew, the server's start says nothing.

alter table pawl.workers add column beating_since timestamptz;
update pawl.workers set beating_since = heartbeat_at;
alter table pawl.workers alter column beating_since set not null;
comment on column pawl.workers.beating_since is
  'its signs of life have come from then on without a gap; so long Postgres was there for all';
