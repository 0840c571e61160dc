-- Who is told of an end is locked with whom it is the end of, in the same order of ids.  Looked up
-- by key (see pawl.judge_items): most tasks that end are nobody's children.
create or replace function pawl.parents_of(items pawl.commit_item[])
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ended uuid[] := array(
    select i.task_id
    from unnest(parents_of.items) as i
    where i.status in ('succeeded', 'failed', 'cancelled')
    order by i.task_id
  );
  v_first uuid := v_ended[1];
  v_last uuid := v_ended[cardinality(v_ended)];
  v_parents uuid[];
begin
  if cardinality(v_ended) = 0 then
    return '{}';
  end if;
  v_parents := array(
    select distinct c.parent_task_id
    from unnest(v_ended) as e(task_id)
    cross join lateral (
      select t.parent_task_id
      from pawl.tasks as t
      where t.task_id = e.task_id
        and t.task_id between v_first and v_last
      offset 0
    ) as c
    where c.parent_task_id is not null
      and c.parent_task_id not in (select i.task_id from unnest(parents_of.items) as i)
  );
  if cardinality(v_parents) = 0 then
    return '{}';
  end if;
  return array(select t.task_id from pawl.tasks as t where t.task_id = any (v_parents));
end
$$;
comment on function pawl.parents_of(pawl.commit_item[]) is
  'private: the parents, not among these items themselves, of tasks that end by them.';
