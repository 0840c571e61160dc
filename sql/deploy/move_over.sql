-- Task and diary in one statement: the triggers of both look when it is done, and neither would
-- take a version that the other does not have yet.
create or replace function pawl.move_over(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id from unnest(move_over.items) as i where i.answer = 'accepted'
  );
begin
  with moved as (
    update pawl.tasks as t
    set machine_id = i.machine_id,
        state = i.state,
        status = i.status,
        revision = i.revision + 1,
        snapshot = i.snapshot,
        steps_opened = coalesce(t.steps_opened, 0) + coalesce(jsonb_array_length(i.open_steps), 0),
        updated_at = pawl.clock()
    from unnest(move_over.items) as i
    where i.answer = 'accepted'
      and t.task_id = i.task_id
      and t.task_id = any (v_task_ids)
    returning t.task_id
  )
  insert into pawl.transitions (
    task_id, revision, cause, event, machine_id, edge_no, from_state, to_state, commit_id, created_at
  )
  select
    i.task_id, i.revision + 1, i.transition ->> 'cause', i.transition ->> 'event', i.machine_id,
    (i.transition ->> 'edge_no')::integer, i.from_state, i.state, i.commit_id, pawl.clock()
  from unnest(move_over.items) as i
  join moved as m on m.task_id = i.task_id;
end
$$;
comment on function pawl.move_over(pawl.commit_item[]) is
  'private: writes what pawl.migrate_tasks accepted to tasks and diary.';
