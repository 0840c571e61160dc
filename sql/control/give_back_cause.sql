-- What the machine could not take when it was stopped it is given again: the event, or the result
-- of a step that had succeeded.  Questions withdrawn with the stop are put again; the one about
-- what killed the workers is answered by the retry, unless it is about an action, which no retry
-- concerns.
create or replace function pawl.give_back_cause(task pawl.tasks)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  update pawl.events as e
  set consumed_revision = null,
      seen_revision = null
  from pawl.transitions as m
  where m.task_id = task.task_id
    and m.revision = task.revision
    and m.cause in ('event', 'timer', 'review', 'child')
    and e.task_id = task.task_id
    and e.event_no = m.cause_no;
  update pawl.steps as s
  set delivered_revision = null
  where s.task_id = task.task_id
    and s.delivered_revision = task.revision
    and s.status = 'succeeded'
    and s.kind <> 'action';
  update pawl.reviews as r
  set status = 'waiting',
      decided_at = null
  where r.task_id = task.task_id
    and r.status = 'withdrawn'
    and r.decided_at = task.finished_at;
  update pawl.reviews as r
  set status = 'withdrawn',
      decided_at = pawl.clock()
  where r.task_id = task.task_id
    and r.status = 'waiting'
    and r.kind = 'poison'
    and not exists (
      select from pawl.steps as s
      where s.task_id = r.task_id
        and s.step_no = r.step_no
        and s.kind = 'action'
    );
end
$$;
comment on function pawl.give_back_cause(pawl.tasks) is
  'private: undoes what the stop of a task that is retried had taken.';
