-- A child may spend what its machine declares, and no more than its parent has left.  As much is
-- set aside on the parent's row until the child ends; of a child that goes on, what it has not
-- taken yet.  A pool is shared as it is: the child's calls are promised to it one by one, so these
-- entries of the ledger name none.
create or replace function pawl.carve_budget(parent_id uuid, child_id uuid)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_carved jsonb;
  v_caps jsonb;
begin
  perform from pawl.budgets as b
  where b.task_id = parent_id
  for no key update;
  select jsonb_object_agg(l.dimension, l.rest), jsonb_object_agg(l.dimension, l.took + l.rest)
  into v_carved, v_caps
  from pawl.left_for(parent_id, child_id) as l;
  update pawl.budgets as b
  set pool = p.pool,
      cap_tokens = (v_caps ->> 'tokens')::bigint,
      cap_microusd = (v_caps ->> 'microusd')::bigint,
      cap_tool_calls = (v_caps ->> 'tool_calls')::bigint,
      cap_model_calls = (v_caps ->> 'model_calls')::bigint,
      carved = v_carved || jsonb_build_object('caps', v_caps)
  from pawl.budgets as p
  where b.task_id = child_id
    and p.task_id = parent_id;
  update pawl.budgets as b
  set reserved_tokens = b.reserved_tokens + coalesce((v_carved ->> 'tokens')::bigint, 0),
      reserved_microusd = b.reserved_microusd + coalesce((v_carved ->> 'microusd')::bigint, 0),
      reserved_tool_calls = b.reserved_tool_calls + coalesce((v_carved ->> 'tool_calls')::bigint, 0),
      reserved_model_calls = b.reserved_model_calls + coalesce((v_carved ->> 'model_calls')::bigint, 0)
  where b.task_id = parent_id;
  insert into pawl.ledger (task_id, dimension, kind, reserved, spent, created_at)
  select parent_id, c.key, 'reserve', c.value::bigint, 0, pawl.clock()
  from jsonb_each_text(v_carved) as c
  where c.value::bigint > 0;
end
$$;
comment on function pawl.carve_budget(uuid, uuid) is
  'private: caps a child that begins or goes on by what its parent has left, and sets that aside.';
