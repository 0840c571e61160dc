-- What somebody raised since is as it is now; nothing of it is spent yet.
create or replace function pawl.carry_caps(from_task_id uuid, to_task_id uuid)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.budgets as b
  set pool = f.pool,
      cap_tokens = f.cap_tokens,
      cap_microusd = f.cap_microusd,
      cap_tool_calls = f.cap_tool_calls,
      cap_model_calls = f.cap_model_calls,
      cap_replans = f.cap_replans,
      wall_clock_ms = f.wall_clock_ms
  from pawl.budgets as f
  where b.task_id = to_task_id
    and f.task_id = from_task_id
$$;
comment on function pawl.carry_caps(uuid, uuid) is
  'private: gives a fork the caps that the task it is forked from has now.';
