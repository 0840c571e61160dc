-- A step that was in hand at so many deaths is taken to be their cause.  It fails, and its machine
-- or a person says what follows; else it would take one worker after another with it.
create or replace function pawl.close_deadly(task_ids uuid[])
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  update pawl.steps as s
  set status = 'failed',
      error = jsonb_build_object(
        'code', 'poison', 'message', format('its worker died at %s attempts', d.deaths)
      ),
      closed_at = pawl.clock()
  from (
    select a.task_id, a.step_no, count(*) as deaths
    from pawl.attempts as a
    where a.task_id = any (close_deadly.task_ids)
      and a.outcome = 'lost'
    group by a.task_id, a.step_no
    having count(*) >= 10
  ) as d
  where s.task_id = d.task_id
    and s.task_id = any (close_deadly.task_ids)
    and s.step_no = d.step_no
    and s.status = 'open'
$$;
comment on function pawl.close_deadly(uuid[]) is
  'private: closes steps as failed (poison) that lost ten attempts with their workers.';
