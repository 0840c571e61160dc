-- The worker's count of the attempts left may be old, since others had the step in between.
create or replace function pawl.close_used_up(task_id uuid, step_no integer, error jsonb)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  update pawl.steps as s
  set status = 'failed',
      error = close_used_up.error,
      wake_at = null,
      waits_for = null,
      closed_at = pawl.clock()
  where s.task_id = close_used_up.task_id
    and s.step_no = close_used_up.step_no
    and s.status = 'open'
    and s.attempts - s.losses >= s.attempts_max;
  if not found then
    return false;
  end if;
  perform pawl.ask_about_action(close_used_up.task_id, close_used_up.step_no);
  return true;
end
$$;
comment on function pawl.close_used_up(uuid, integer, jsonb) is
  'private: closes a step as failed where its last attempt has failed; true if so.';
