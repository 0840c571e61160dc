-- In XState an actor that was stopped says nothing more, and another may stand in its place by now.
-- Here it lives on to clean up: what it answers to the last words of its parent is still heard, and
-- what comes of anything later is not.
create or replace function pawl.is_mute(child pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.steps as s
    join pawl.events as e on e.task_id = child.task_id
    where s.task_id = child.parent_task_id
      and s.step_no = child.parent_step_no
      and s.status = 'stopped'
      and e.type = 'pawl.cancel'
      and e.cause = 'engine'
      and e.event_no <= (
        select case when m.cause in ('start', 'step') then e.event_no else m.cause_no end
        from pawl.transitions as m
        where m.task_id = child.task_id
        order by m.revision desc
        limit 1
      )
  )
$$;
comment on function pawl.is_mute(pawl.tasks) is
  'private: whether its parent has let this child go, and its latest move came of something later than that.';
