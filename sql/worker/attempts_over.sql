-- What a worker has had in hand for a while and nobody waits for any more.  Where a task was told to
-- end and its worker cannot hear it, having no hand free, the attempt is taken from it first: so the
-- machine hears of the cancellation before anything else of it runs on.  An action may outlive its
-- task, and runs on.
-- Each attempt is looked up by its own key (`lateral … offset 0` says so to the planner): a task of
-- long standing has thousands.  The range of ids is what lets the partitions be pruned.
create or replace function pawl.attempts_over(
  task_ids  uuid[],
  step_nos  integer[],
  attempts  integer[]
)
returns table (task_id uuid, step_no integer, attempt integer)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_task_ids uuid[] := array(select u from unnest(attempts_over.task_ids) as u order by u);
  v_first uuid := v_task_ids[1];
  v_last uuid := v_task_ids[cardinality(v_task_ids)];
  v_told uuid[] := array(
    select e.task_id
    from pawl.events as e
    where e.task_id = any (attempts_over.task_ids)
      and e.consumed_revision is null
      and e.type = 'pawl.cancel'
      and e.created_at < pawl.clock() - interval '200 milliseconds'
  );
begin
  if cardinality(v_told) > 0 then
    perform pawl.end_attempt(h.task_id, h.step_no, h.attempt, 'handed_back', 0)
    from (
      select u.task_id, u.step_no, u.attempt
      from unnest(attempts_over.task_ids, attempts_over.step_nos, attempts_over.attempts)
        as u (task_id, step_no, attempt)
      join pawl.steps as s
        on s.task_id = u.task_id
        and s.task_id = any (v_told)
        and s.step_no = u.step_no
        and s.kind <> 'action'
      order by u.task_id, u.step_no
    ) as h;
  end if;
  return query
  select h.task_id, h.step_no, h.attempt
  from unnest(attempts_over.task_ids, attempts_over.step_nos, attempts_over.attempts)
    as h (task_id, step_no, attempt)
  cross join lateral (
    select a.finished_at
    from pawl.attempts as a
    where a.task_id = h.task_id
      and a.task_id between v_first and v_last
      and a.step_no = h.step_no
      and a.attempt = h.attempt
    offset 0
  ) as a
  where a.finished_at is not null;
end
$$;
comment on function pawl.attempts_over(uuid[], integer[], integer[]) is
  'Those of the attempts in a worker''s hands that are over; the three arrays go together.';
