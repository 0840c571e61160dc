create or replace function pawl.write_transitions(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(select i.task_id from unnest(write_transitions.items) as i);
begin
  insert into pawl.transitions (
    task_id, revision, cause, cause_no, event, machine_id, edge_no, from_state, to_state,
    commit_id, worker_id, created_at
  )
  select
    i.task_id, i.revision + 1, i.transition ->> 'cause', (i.transition ->> 'cause_no')::bigint,
    i.transition ->> 'event', t.machine_id, (i.transition ->> 'edge_no')::integer, t.state,
    i.transition ->> 'to_state', i.commit_id, i.worker_id, pawl.clock()
  from unnest(write_transitions.items) as i
  join pawl.tasks as t on t.task_id = i.task_id and t.task_id = any (v_task_ids)
  where i.answer = 'accepted'
    and i.transition is not null;
  update pawl.events as e
  set consumed_revision = i.revision + 1
  from unnest(write_transitions.items) as i
  where i.answer = 'accepted'
    and i.transition ->> 'cause' in ('event', 'timer', 'review', 'child', 'engine')
    and e.task_id = i.task_id
    and e.task_id = any (v_task_ids)
    and e.event_no = (i.transition ->> 'cause_no')::bigint;
  update pawl.steps as s
  set delivered_revision = i.revision + 1
  from unnest(write_transitions.items) as i
  where i.answer = 'accepted'
    and i.transition ->> 'cause' = 'step'
    and s.task_id = i.task_id
    and s.task_id = any (v_task_ids)
    and s.step_no = (i.transition ->> 'cause_no')::integer
    and s.delivered_revision is null;
end
$$;
comment on function pawl.write_transitions(pawl.commit_item[]) is
  'private: writes the diary and marks what caused each entry as taken.';
