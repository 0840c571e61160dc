-- The share lock keeps the attempt from being taken away until this intent has been committed: so
-- whoever comes next sees it.
-- Whoever ends it in a transaction that stays open is waited for as in pawl.reserve.
create or replace function pawl.check_attempt(call jsonb)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set lock_timeout = '1s'
as $$
begin
  perform from pawl.attempts as a
  where a.task_id = (call ->> 'task_id')::uuid
    and a.step_no = (call ->> 'step_no')::integer
    and a.attempt = (call ->> 'attempt')::integer
    and a.worker_id = (call ->> 'worker_id')::uuid
    and a.finished_at is null
  for share;
  if not found then
    raise exception using
      errcode = 'PW002',
      message = format('attempt %s of step %s is over', call ->> 'attempt', call ->> 'step_no'),
      hint = 'Another worker may have the step in hand. Stop at once.';
  end if;
end
$$;
comment on function pawl.check_attempt(jsonb) is 'private: refuses a call of an attempt that is over, with PW002.';
