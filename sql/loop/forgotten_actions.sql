-- Of a task that has ended only the step itself says that something is to be done, so it also says
-- when somebody was last told.  The task is locked first, as whoever claims the step does; what
-- was claimed in that very moment has one attempt more, and is left alone.
create or replace function pawl.forgotten_actions(patience interval)
returns uuid[]
language plpgsql
security definer
set search_path = pawl, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_actions_max constant integer := 1000;
  v_before timestamptz := pawl.clock() - patience;
  v_forgotten uuid[];
begin
  with forgotten as materialized (
    select s.task_id, s.step_no, s.attempts
    from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.task_id
    where s.kind = 'action'
      and s.status = 'open'
      and s.opened_at < v_before
      and (s.wake_at is null or s.wake_at < v_before)
      and not exists (
        select from pawl.attempts as a
        where a.task_id = s.task_id
          and a.step_no = s.step_no
          and a.finished_at is null
      )
    limit v_actions_max
    for no key update of t skip locked
  ),
  told as (
    update pawl.steps as s
    set wake_at = pawl.clock()
    from forgotten as f
    where s.task_id = f.task_id
      and s.step_no = f.step_no
      and s.attempts = f.attempts
      and s.status = 'open'
    returning s.task_id
  )
  select coalesce(array_agg(distinct t.task_id), '{}') into v_forgotten
  from told as t;
  return v_forgotten;
end
$$;
comment on function pawl.forgotten_actions(interval) is
  'private: tasks with actions that nobody has in hand and nobody was told of for longer than patience.';
