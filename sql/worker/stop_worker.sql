-- A graceful end.  What is still in hand goes back as if it had never been begun.  The calls that
-- were aborted with it are being settled, or just begun: their tasks and attempts are waited for, a
-- little.
create or replace function pawl.stop_worker(worker_id uuid)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set lock_timeout = '300ms'
as $$
begin
  update pawl.workers as w
  set stopped_at = pawl.clock()
  where w.worker_id = stop_worker.worker_id
    and w.buried_at is null
    and w.stopped_at is null;
  if not found then
    return 0;
  end if;
  begin
    perform from pawl.tasks as t
    where t.task_id in (
      select a.task_id
      from pawl.attempts as a
      where a.worker_id = stop_worker.worker_id
        and a.outcome is null
    )
    order by t.task_id
    for no key update;
    perform from pawl.attempts as a
    where a.worker_id = stop_worker.worker_id
      and a.outcome is null
    order by a.task_id, a.step_no
    for no key update;
  exception
    when lock_not_available then null; -- The sweep finds what is left.
  end;
  return pawl.recover_attempts(array[stop_worker.worker_id], 'handed_back');
end
$$;
comment on function pawl.stop_worker(uuid) is
  'A worker''s graceful end: hands back what it had in hand. Returns how many attempts that were.';
