-- Calls whose attempt is over and that no later attempt will ask for: the task has ended.  The
-- locks go calls, budgets, pools, each by key, as in every writer; whoever settles one of these
-- calls just now is left to it, and a budget that somebody holds waits for a later look: the
-- workers are not to wait for a person's open transaction.
create or replace function pawl.settle_orphans()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_settled_max constant integer := 100;
  v_tools jsonb;
  v_models jsonb;
  v_calls jsonb;
  v_task_ids uuid[];
begin
  select coalesce(jsonb_agg(o), '[]') into v_tools
  from pawl.lock_orphans('tool', v_settled_max) as o;
  select coalesce(jsonb_agg(o), '[]') into v_models
  from pawl.lock_orphans('model', v_settled_max) as o;
  v_calls := v_tools || v_models;
  if v_calls = '[]' then
    return 0;
  end if;
  v_task_ids := array(select distinct (o ->> 'task_id')::uuid from jsonb_array_elements(v_calls) as o);
  with held as materialized (
    select b.task_id, b.pool
    from pawl.budgets as b
    where b.task_id = any (v_task_ids)
    order by b.task_id
    for no key update skip locked
  ),
  pools as materialized (
    select p.pool
    from pawl.budget_pools as p
    where p.pool in (select h.pool from held as h)
    order by p.pool
    for no key update skip locked
  )
  select array_agg(h.task_id) into v_task_ids
  from held as h
  where h.pool is null
     or h.pool in (select p.pool from pools as p);
  perform pawl.settle_tool_call(o)
  from jsonb_array_elements(v_tools) as o
  where (o ->> 'task_id')::uuid = any (v_task_ids);
  perform pawl.settle_model_call(o)
  from jsonb_array_elements(v_models) as o
  where (o ->> 'task_id')::uuid = any (v_task_ids);
  return (
    select count(*)
    from jsonb_array_elements(v_calls) as o
    where (o ->> 'task_id')::uuid = any (v_task_ids)
  );
end
$$;
comment on function pawl.settle_orphans() is
  'Marks calls as unknown whose step has ended without their answer; returns how many.';
