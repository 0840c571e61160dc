-- A child's end is the answer to its parent's step, in the same transaction.  The parent's row was
-- locked before the child's (pawl.judge_items); where its month was dropped, nobody is told.
create or replace function pawl.end_children(task_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_child pawl.tasks;
begin
  for v_child in
    select t.*
    from pawl.tasks as t
    join pawl.tasks as p on p.task_id = t.parent_task_id
    where t.task_id = any (end_children.task_ids)
      and t.parent_task_id is not null
      and t.finished_at is not null
    order by t.task_id
  loop
    update pawl.steps as s
    set status = case v_child.status when 'succeeded' then 'succeeded' else 'failed' end,
        output = v_child.output,
        error = case v_child.status
          when 'failed' then coalesce(v_child.error, '{"message": "the child task failed"}')
          when 'cancelled' then '{"name": "Cancelled", "code": "cancelled", "message": "the child task was cancelled"}'
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
