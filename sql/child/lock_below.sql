-- In the order of their ids, like everybody who locks several.  The one above is locked already, so
-- nothing begins right below it; further down something may begin until all are locked.
create or replace function pawl.lock_below(task_id uuid, stopped boolean default false)
returns uuid[]
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_below uuid[];
  v_locked uuid[] := '{}';
begin
  loop
    v_below := case
      when lock_below.stopped then pawl.stopped_below(lock_below.task_id)
      else pawl.tasks_below(lock_below.task_id)
    end;
    exit when v_below <@ v_locked;
    perform from pawl.tasks as t
    where t.task_id = any (v_below)
    order by t.task_id
    for no key update;
    v_locked := v_below;
  end loop;
  return v_below;
end
$$;
comment on function pawl.lock_below(uuid, boolean) is
  'private: locks the children of a task that live, and theirs (or those stopped with it that go on with it), from the top; the task itself is locked before.';
