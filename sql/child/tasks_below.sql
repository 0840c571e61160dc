create or replace function pawl.tasks_below(task_id uuid)
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_level uuid[] := array[tasks_below.task_id];
  v_below uuid[] := '{}';
begin
  loop
    v_level := array(
      select s.child_task_id
      from pawl.steps as s
      where s.task_id = any (v_level)
        and s.kind = 'child'
        and s.child_task_id is not null
    );
    v_level := array(
      select t.task_id
      from pawl.tasks as t
      where t.task_id = any (v_level)
        and t.finished_at is null
    );
    exit when cardinality(v_level) = 0;
    v_below := v_below || v_level;
  end loop;
  return v_below;
end
$$;
comment on function pawl.tasks_below(uuid) is
  'private: the children of a task that live, and theirs.';
