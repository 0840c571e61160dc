-- Deaths of workers: how long each may be silent, what was in hand when one died, and which step
-- is tried alone.

alter table pawl.workers
  add column lease          interval not null default '4.5 seconds',
  add column alone_task_id  uuid,
  add constraint a_lease_is_a_while check (lease between '0.1 seconds' and '1 hour');
comment on column pawl.workers.lease is 'silent for longer than this, it is buried';
comment on column pawl.workers.alone_task_id is 'the suspect it runs with nothing else in hand; it takes no other task meanwhile';

alter table pawl.steps
  add column deaths        smallint not null default 0,
  add column deaths_alone  smallint not null default 0,
  add column deaths_max    smallint not null default 2,
  add constraint deaths_alone_are_deaths check (deaths >= deaths_alone and deaths_alone >= 0);
comment on column pawl.steps.deaths is 'workers that died with it in hand; from the second on it is a suspect and tried alone';
comment on column pawl.steps.deaths_alone is 'of those, how many had nothing else in hand';
comment on column pawl.steps.deaths_max is 'so many deaths alone are its own doing (poison), where no other worker dies; five times as many where some do';

alter table pawl.attempts add column alone boolean not null default false;
comment on column pawl.attempts.alone is 'its worker had nothing else in hand';

update pawl.steps as s
set deaths = d.deaths
from (
  select a.task_id, a.step_no, count(*) as deaths
  from pawl.attempts as a
  where a.outcome = 'lost'
  group by a.task_id, a.step_no
) as d
where s.task_id = d.task_id
  and s.step_no = d.step_no;

alter table pawl.steps drop constraint what_it_waits_for_is_known;
alter table pawl.steps add constraint what_it_waits_for_is_known check (waits_for in ('retry', 'answer', 'alone'));
comment on column pawl.steps.waits_for is
  'retry: for the next attempt; answer: for somebody''s; alone: for a worker with nothing else in hand; null while it can be claimed';

alter table pawl.reviews drop constraint review_kind_is_known;
alter table pawl.reviews add constraint review_kind_is_known
  check (kind in ('action', 'budget', 'escalation', 'unknown_call', 'poison'));
comment on column pawl.reviews.kind is
  'action: may exactly this be done; budget: may it spend more; escalation: how to go on; unknown_call: did it happen; poison: this step kills its workers';

create table pawl.ticks (
  loop       text        not null,
  ticked_at  timestamptz not null,

  constraint ticks_pk primary key (loop)
);
comment on table pawl.ticks is 'When each loop that one worker ticks for all of them last did.';
