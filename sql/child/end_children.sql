-- A child's end is the answer to its parent's step, in the same transaction.  The parent's row was
-- locked before the child's (pawl.judge_items); where its month was dropped, nobody is told.  Of a
-- family that ends in one batch the youngest come first (ids are time): what a child gives back its
-- parent has not taken.
create or replace function pawl.end_children(task_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ids uuid[] := array(select e from unnest(end_children.task_ids) as e order by e);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
  v_children uuid[] := array(
    select c.task_id
    from unnest(v_ids) as e(task_id)
    cross join lateral (
      select t.task_id, t.parent_task_id
      from pawl.tasks as t
      where t.task_id = e.task_id
        and t.task_id between v_first and v_last
      offset 0
    ) as c
    where c.parent_task_id is not null
  );
  v_child pawl.tasks;
begin
  if cardinality(v_children) = 0 then
    return;
  end if;
  for v_child in
    select t.*
    from pawl.tasks as t
    where t.task_id = any (v_children)
      and t.finished_at is not null
      and exists (select from pawl.tasks as p where p.task_id = t.parent_task_id)
    order by t.task_id desc
  loop
    update pawl.steps as s
    set status = case v_child.status when 'succeeded' then 'succeeded' else 'failed' end,
        output = case v_child.status when 'succeeded' then v_child.output end,
        error = case v_child.status
          when 'failed' then coalesce(v_child.error, '{"message": "the child task failed"}')
          when 'cancelled' then jsonb_build_object(
            'name', 'Cancelled', 'code', 'cancelled', 'message', 'the child task was cancelled',
            'output', v_child.output
          )
        end,
        closed_at = pawl.clock()
    where s.task_id = v_child.parent_task_id
      and s.step_no = v_child.parent_step_no
      and s.child_task_id = v_child.task_id
      and s.status = 'open';
    perform pawl.settle_carved(v_child.parent_task_id, v_child.task_id);
    update pawl.tasks as t
    set status = 'ready',
        woken_at = pawl.clock()
    where t.status in ('waiting', 'review')
      and t.task_id = v_child.parent_task_id;
    perform pawl.enqueue(array[v_child.parent_task_id]);
  end loop;
end
$$;
comment on function pawl.end_children(uuid[]) is
  'private: answers the parents'' steps of those of these tasks that are children and have ended.';
