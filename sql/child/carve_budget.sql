-- A child may spend what its machine declares, and no more than its parent has left.  As much is
-- set aside on the parent's row until the child ends.  A pool is shared as it is: the child's calls
-- are promised to it one by one, so these entries of the ledger name none.
create or replace function pawl.carve_budget(parent_id uuid, child_id uuid)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_child pawl.budgets;
begin
  perform from pawl.budgets as b
  where b.task_id = parent_id
  for no key update;
  update pawl.budgets as b
  set pool = p.pool,
      cap_tokens = least(b.cap_tokens, case when p.cap_tokens is not null then greatest(p.cap_tokens - p.spent_tokens - p.overrun_tokens - p.reserved_tokens, 0) end),
      cap_microusd = least(b.cap_microusd, case when p.cap_microusd is not null then greatest(p.cap_microusd - p.spent_microusd - p.overrun_microusd - p.reserved_microusd, 0) end),
      cap_tool_calls = least(b.cap_tool_calls, p.cap_tool_calls - p.spent_tool_calls - p.reserved_tool_calls),
      cap_model_calls = least(b.cap_model_calls, p.cap_model_calls - p.spent_model_calls - p.reserved_model_calls)
  from pawl.budgets as p
  where b.task_id = child_id
    and p.task_id = parent_id
  returning b.* into v_child;
  update pawl.budgets as b
  set carved = jsonb_build_object('tokens', v_child.cap_tokens, 'microusd', v_child.cap_microusd,
    'tool_calls', v_child.cap_tool_calls, 'model_calls', v_child.cap_model_calls)
  where b.task_id = child_id;
  update pawl.budgets as b
  set reserved_tokens = b.reserved_tokens + coalesce(v_child.cap_tokens, 0),
      reserved_microusd = b.reserved_microusd + coalesce(v_child.cap_microusd, 0),
      reserved_tool_calls = b.reserved_tool_calls + coalesce(v_child.cap_tool_calls, 0),
      reserved_model_calls = b.reserved_model_calls + coalesce(v_child.cap_model_calls, 0)
  where b.task_id = parent_id;
  insert into pawl.ledger (task_id, dimension, kind, reserved, spent, created_at)
  select parent_id, d.dimension, 'reserve', d.cap, 0, pawl.clock()
  from (values
    ('tokens', v_child.cap_tokens), ('microusd', v_child.cap_microusd),
    ('tool_calls', v_child.cap_tool_calls), ('model_calls', v_child.cap_model_calls)
  ) as d (dimension, cap)
  where d.cap > 0;
end
$$;
comment on function pawl.carve_budget(uuid, uuid) is
  'private: caps a new child by what its parent has left, and sets that aside.';
