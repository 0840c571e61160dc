-- Undo what a dead worker had in hand: close its attempts as lost and let the steps run again.
create or replace function pawl.bury_worker(worker_id uuid)
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  update pawl.workers as w
  set buried_at = pawl.clock()
  where w.worker_id = bury_worker.worker_id
    and w.buried_at is null
    and w.stopped_at is null;
  if not found then
    return 0;
  end if;
  return pawl.recover_attempts(array[bury_worker.worker_id], 'lost');
end
$$;
comment on function pawl.bury_worker(uuid) is
  'Declares a worker dead: its attempts are lost, its steps open again, its jobs unlocked. Returns how many attempts that were.';
