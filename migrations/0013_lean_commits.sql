-- What a commit touches, made smaller: one partial index of the steps that still matter, one of the
-- attempts in hand for each question that is asked of them, and the number of the next step kept
-- with the task, so that a long history is never counted.

alter table pawl.tasks add column steps_opened integer;
comment on column pawl.tasks.steps_opened is 'the number of its newest step; null and 0 where none was opened';

update pawl.tasks as t
set steps_opened = (select coalesce(max(s.step_no), 0) from pawl.steps as s where s.task_id = t.task_id)
where t.finished_at is null;

drop index pawl.steps_open;
drop index pawl.steps_undelivered;
create index steps_pending on pawl.steps (task_id, step_no)
where delivered_revision is null and status <> 'stopped';
comment on index pawl.steps_pending is 'open steps, and results that wait for their task';

-- Its condition says the same in other words, or it would be taken for the index above by task,
-- and then every attempt in hand would be gone through.
drop index pawl.attempts_in_hand;
create index attempts_in_hand on pawl.attempts (worker_id, task_id) where outcome is null;
comment on index pawl.attempts_in_hand is 'asked with `outcome is null`: what a worker has in hand';

alter type pawl.commit_item add attribute machine_id bigint, add attribute from_state text;
