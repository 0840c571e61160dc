-- The unique index on open attempts decides between two workers; the loser gets null.  A suspect
-- is only for a worker that has nothing else in hand, and who has one takes nothing else.  A worker
-- waits for nobody's transaction with a connection in hand: it is told, and asks again.
create or replace function pawl.claim_step(
  task_id    uuid,
  step_no    integer,
  worker_id  uuid,
  release    text,
  alone      boolean default false
)
returns integer
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_attempt integer;
  v_status text;
  v_may boolean;
  v_has_slots boolean;
begin
  select t.status, t.status <> 'paused' and (t.finished_at is null or exists (
    select from pawl.steps as s
    where s.task_id = claim_step.task_id
      and s.step_no = claim_step.step_no
      and s.kind = 'action'
  )) and pawl.may_begin(claim_step.worker_id, claim_step.task_id) into v_status, v_may
  from pawl.tasks as t
  where t.task_id = claim_step.task_id
  for no key update skip locked;
  if not found then
    return case when exists (select from pawl.tasks as t where t.task_id = claim_step.task_id) then -1 end;
  end if;
  select s.attempts + 1 into v_attempt
  from pawl.steps as s
  where v_may
    and s.task_id = claim_step.task_id
    and s.step_no = claim_step.step_no
    and s.status = 'open'
    and (s.wake_at is null or s.wake_at <= pawl.clock() or (alone and s.waits_for = 'alone'))
    and (alone or not pawl.is_suspect(s.deaths))
  for no key update;
  if v_attempt is not null and exists (select from pawl.limits) then
    v_has_slots := pawl.take_slots(task_id, step_no, v_attempt);
    if v_has_slots is not true then
      return case when v_has_slots is not null then 0 end;
    end if;
  end if;
  if v_attempt is null or (alone and not pawl.begin_solitude(worker_id, task_id)) then
    return null;
  end if;
  insert into pawl.attempts (task_id, step_no, attempt, worker_id, release, started_at, alone)
  select task_id, step_no, v_attempt, worker_id, release, pawl.clock(), alone
  where pawl.may_begin(worker_id, task_id)
  on conflict do nothing;
  if not found then
    return null;
  end if;
  update pawl.steps as s
  set attempts = v_attempt,
      wake_at = null,
      waits_for = null
  where s.task_id = claim_step.task_id
    and s.step_no = claim_step.step_no;
  if v_status = 'waiting' then
    update pawl.tasks as t
    set status = 'ready'
    where t.task_id = claim_step.task_id;
  end if;
  return v_attempt;
end
$$;
comment on function pawl.claim_step(uuid, integer, uuid, text, boolean) is
  'Begins an attempt at an open step; 0 where a limit leaves no slot for it, -1 while somebody else holds the task''s row, null when another worker has it, it waits, or this worker was buried. A suspect is claimed alone or not at all.';
