-- Who is told of an end is locked with whom it is the end of, in the same order of ids.
create or replace function pawl.parents_of(items pawl.commit_item[])
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ended uuid[] := array(
    select i.task_id
    from unnest(parents_of.items) as i
    where i.status in ('succeeded', 'failed', 'cancelled')
  );
begin
  if cardinality(v_ended) = 0 then
    return '{}';
  end if;
  return array(
    select distinct t.parent_task_id
    from pawl.tasks as t
    join pawl.tasks as p on p.task_id = t.parent_task_id
    where t.task_id = any (v_ended)
      and t.parent_task_id is not null
      and t.parent_task_id not in (select i.task_id from unnest(parents_of.items) as i)
  );
end
$$;
comment on function pawl.parents_of(pawl.commit_item[]) is
  'private: the parents, not among these items themselves, of tasks that end by them.';
