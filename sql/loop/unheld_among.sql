-- Ready, and something of it is in nobody's hands: all of it, or one step beside another that is.
create or replace function pawl.unheld_among(task_ids uuid[], before timestamptz)
returns uuid[]
language sql
stable
security definer
set search_path = pawl, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  select array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (unheld_among.task_ids)
      and t.finished_at is null
      and t.status = 'ready'
      and t.woken_at < unheld_among.before
      and t.run_at < unheld_among.before
      and (
        not exists (
          select from pawl.attempts as a where a.task_id = t.task_id and a.finished_at is null
        )
        or exists (
          select from pawl.steps as s
          where s.task_id = t.task_id
            and s.task_id = any (unheld_among.task_ids)
            and s.status = 'open'
            and s.kind = 'actor'
            and s.wake_at is null
            and s.waits_for is null
            and not exists (
              select from pawl.attempts as a
              where a.task_id = s.task_id
                and a.step_no = s.step_no
                and a.finished_at is null
            )
        )
      )
  )
$$;
comment on function pawl.unheld_among(uuid[], timestamptz) is
  'private: those of these tasks that are ready, with something that nobody has in hand, and were woken before then.';
