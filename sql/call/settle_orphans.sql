-- Calls whose attempt is over and that no later attempt will ask for: the task has ended.  The
-- locks go calls, budgets, pools, each by key, as in every writer; whoever settles one of these
-- calls just now is left to it.
create or replace function pawl.settle_orphans()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_settled_max constant integer := 100;
  v_tools jsonb;
  v_models jsonb;
  v_task_ids uuid[];
begin
  select coalesce(jsonb_agg(o), '[]') into v_tools
  from pawl.lock_orphans('tool', v_settled_max) as o;
  select coalesce(jsonb_agg(o), '[]') into v_models
  from pawl.lock_orphans('model', v_settled_max) as o;
  v_task_ids := array(
    select (o ->> 'task_id')::uuid from jsonb_array_elements(v_tools || v_models) as o
  );
  perform from pawl.budgets as b
  where b.task_id = any (v_task_ids)
  order by b.task_id
  for no key update;
  perform from pawl.budget_pools as p
  where p.pool in (select b.pool from pawl.budgets as b where b.task_id = any (v_task_ids))
  order by p.pool
  for no key update;
  perform pawl.settle_tool_call(o) from jsonb_array_elements(v_tools) as o;
  perform pawl.settle_model_call(o) from jsonb_array_elements(v_models) as o;
  return jsonb_array_length(v_tools || v_models);
end
$$;
comment on function pawl.settle_orphans() is
  'Marks calls as unknown whose step has ended without their answer; returns how many.';
