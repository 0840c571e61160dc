-- The range of ids lets the partitions be pruned before they are opened.
create or replace function pawl.lock_tasks(task_ids uuid[])
returns uuid[]
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ids uuid[] := array(select i from unnest(lock_tasks.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
begin
  return array(
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (v_ids)
      and t.task_id between v_first and v_last
    order by t.task_id
    for no key update skip locked
  );
end
$$;
comment on function pawl.lock_tasks(uuid[]) is
  'private: locks these tasks in the order of their ids; what somebody else holds is left out.';
