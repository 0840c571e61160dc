-- Whoever is let go has to clean up, and rests for that no longer.  It waits for nobody: we come
-- here with other rows in hand.  What somebody holds just now is left to the sweep.
create or replace function pawl.go_on_let_go(task_id uuid)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task pawl.tasks;
begin
  select t.* into v_task
  from pawl.tasks as t
  where t.task_id = go_on_let_go.task_id
    and t.status = 'paused'
  for no key update skip locked;
  if not found then
    return false;
  end if;
  perform from pawl.budgets as b
  where b.task_id = go_on_let_go.task_id
  for no key update skip locked;
  if not found then
    return false;
  end if;
  perform pawl.go_on_after_pause(v_task);
  perform pawl.note_control(v_task, 'pawl.resumed', 'its parent let it go');
  update pawl.tasks as t
  set status = 'ready',
      woken_at = pawl.clock(),
      updated_at = pawl.clock()
  where t.task_id = go_on_let_go.task_id;
  perform pawl.enqueue(array[go_on_let_go.task_id]);
  return true;
end
$$;
comment on function pawl.go_on_let_go(uuid) is
  'private: lets a paused child go on that its parent has let go; false where it is not paused, or in somebody''s hands.';
