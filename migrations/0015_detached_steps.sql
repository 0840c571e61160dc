-- An action may wait for its next attempt, or for somebody to begin it, when its task has long
-- ended: then only the step itself says so.
create index steps_detached on pawl.steps (opened_at) where kind = 'action' and status = 'open';
comment on index pawl.steps_detached is 'actions that are to be done';
