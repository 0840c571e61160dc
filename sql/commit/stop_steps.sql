-- What the machine let go: an open step is stopped, with whoever has it in hand; a result that
-- nothing waits for any more counts as delivered.
create or replace function pawl.stop_steps(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id
    from unnest(stop_steps.items) as i
    where i.answer = 'accepted'
      and i.stop_steps is not null
  );
begin
  update pawl.steps as s
  set delivered_revision = i.revision + (i.transition is not null)::integer
  from unnest(stop_steps.items) as i
  where i.answer = 'accepted'
    and i.stop_steps is not null
    and s.task_id = i.task_id
    and s.task_id = any (v_task_ids)
    and s.step_no in (select e::integer from jsonb_array_elements_text(i.stop_steps) as e)
    and s.status in ('succeeded', 'failed')
    and s.delivered_revision is null;
  with stopped as (
    update pawl.steps as s
    set status = 'stopped',
        delivered_revision = i.revision + (i.transition is not null)::integer,
        wake_at = null,
        waits_for = null,
        closed_at = pawl.clock()
    from unnest(stop_steps.items) as i
    where i.answer = 'accepted'
      and i.stop_steps is not null
      and s.task_id = i.task_id
      and s.task_id = any (v_task_ids)
      and s.step_no in (select e::integer from jsonb_array_elements_text(i.stop_steps) as e)
      and s.status = 'open'
    returning s.task_id, s.step_no
  )
  update pawl.attempts as a
  set outcome = 'stopped',
      finished_at = pawl.clock()
  from stopped as s
  where a.task_id = s.task_id
    and a.task_id = any (v_task_ids)
    and a.step_no = s.step_no
    and a.finished_at is null;
end
$$;
comment on function pawl.stop_steps(pawl.commit_item[]) is 'private: stops the steps that the machine let go.';
