-- Moves tasks to this version of their machine, a batch a call: one answer per item, as from
-- pawl.commit.  Whoever has something to do, or an event or an answer that came to an earlier version (a
-- child may end while the move is prepared), is woken for the workers of this version.
create or replace function pawl.migrate_tasks(machine_id bigint, items jsonb)
returns table (item_no integer, answer text)
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_items pawl.commit_item[];
  v_moved uuid[];
begin
  perform pawl.allow_migrations(migrate_tasks.machine_id, migrate_tasks.items);
  v_items := pawl.judge_migrations(migrate_tasks.machine_id, migrate_tasks.items);
  perform pawl.move_over(v_items);
  perform pawl.stop_steps(v_items);
  perform pawl.open_steps(v_items);
  perform pawl.write_timers(v_items);
  perform pawl.write_beyond(v_items);
  v_moved := array(select i.task_id from unnest(v_items) as i where i.answer = 'accepted');
  perform pawl.wake_tasks(array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_moved)
      and (t.status = 'ready' or exists (
        select from pawl.events as e
        where e.task_id = t.task_id
          and e.task_id = any (v_moved)
          and e.consumed_revision is null
      ) or exists (
        select from pawl.steps as s
        where s.task_id = t.task_id
          and s.task_id = any (v_moved)
          and s.status in ('succeeded', 'failed')
          and s.delivered_revision is null
      ))
  ));
  return query
  select i.item_no, i.answer
  from unnest(v_items) as i;
end
$$;
comment on function pawl.migrate_tasks(bigint, jsonb) is
  'Moves live tasks to this version of their machine, each with a transition pawl.migrated. Called by pawl deploy.';
