-- Ready, and all of it is in nobody's hands; or one step that is free, whatever else its task waits for.
create or replace function pawl.unheld_among(task_ids uuid[], before timestamptz)
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := array(select i from unnest(unheld_among.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
begin
  return array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_ids)
      and t.task_id between v_first and v_last
      and t.finished_at is null
      and t.status in ('ready', 'waiting')
      and t.woken_at < unheld_among.before
      and t.run_at < unheld_among.before
      and (
        (t.status = 'ready' and not exists (
          select from pawl.attempts as a
          where a.task_id = t.task_id
            and a.task_id between v_first and v_last
            and a.finished_at is null
        ))
        or exists (
          select from pawl.steps as s
          where s.task_id = t.task_id
            and s.task_id between v_first and v_last
            and s.status = 'open'
            -- The same in the words of the index: it leads past all that a long life has closed.
            and s.delivered_revision is null
            and s.status <> 'stopped'
            and s.kind = 'actor'
            and s.wake_at is null
            and s.waits_for is null
            and not exists (
              select from pawl.attempts as a
              where a.task_id = s.task_id
                and a.task_id between v_first and v_last
                and a.step_no = s.step_no
                and a.finished_at is null
            )
        )
      )
  );
end
$$;
comment on function pawl.unheld_among(uuid[], timestamptz) is
  'private: those of these tasks with something to do that nobody has in hand, which were woken before then.';
