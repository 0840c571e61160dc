-- What caused a diary entry counts once: the event is consumed, the result that waited delivered.
-- (A step that its own item closes is marked by pawl.close_steps.)
create or replace function pawl.take_causes(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id
    from unnest(take_causes.items) as i
    where i.answer = 'accepted'
      and (i.step is null or i.transition ->> 'cause' <> 'step')
  );
begin
  update pawl.events as e
  set consumed_revision = i.revision + 1
  from unnest(take_causes.items) as i
  where i.answer = 'accepted'
    and i.transition ->> 'cause' in ('event', 'timer', 'review', 'child', 'engine')
    and e.task_id = i.task_id
    and e.task_id = any (v_task_ids)
    and e.event_no = (i.transition ->> 'cause_no')::bigint
    and e.consumed_revision is null;
  update pawl.steps as s
  set delivered_revision = i.revision + 1
  from unnest(take_causes.items) as i
  where i.answer = 'accepted'
    and i.transition ->> 'cause' = 'step'
    and s.task_id = i.task_id
    and s.task_id = any (v_task_ids)
    and s.step_no = (i.transition ->> 'cause_no')::integer
    and s.delivered_revision is null
    and s.status <> 'stopped';
end
$$;
comment on function pawl.take_causes(pawl.commit_item[]) is
  'private: marks the events and waiting results that caused these transitions as taken.';
