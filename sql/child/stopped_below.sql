create or replace function pawl.stopped_below(task_id uuid)
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_level uuid[] := array[stopped_below.task_id];
  v_below uuid[] := '{}';
begin
  loop
    v_level := array(
      select c.task_id
      from pawl.tasks as t
      join pawl.steps as s
        on s.task_id = t.task_id
        and s.delivered_revision = t.revision
      join pawl.tasks as c on c.task_id = s.child_task_id
      where t.task_id = any (v_level)
        and t.finished_at is not null
        and s.kind = 'child'
        and s.status in ('failed', 'stopped')
        and pawl.goes_on(c)
      order by t.task_id, s.step_no
    );
    exit when cardinality(v_level) = 0;
    v_below := v_below || v_level;
  end loop;
  return v_below;
end
$$;
comment on function pawl.stopped_below(uuid) is
  'private: the children of a stopped task that go on with it when it is retried, and theirs.';
