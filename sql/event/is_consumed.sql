-- What caused a move may be taken back while its commit waits (a deadline that somebody puts off): the
-- revision has not moved, and yet the move is none any more.
create or replace function pawl.is_consumed(task_id uuid, event_no bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  return exists (
    select from pawl.events as e
    where e.task_id = is_consumed.task_id
      and e.event_no = is_consumed.event_no
      and e.consumed_revision is not null
  );
end
$$;
comment on function pawl.is_consumed(uuid, bigint) is
  'private: whether an event was taken by somebody, or taken back.';
