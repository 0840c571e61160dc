-- What was set aside for a child is given back, and what it took is the parent's to bear: at most
-- what was set aside as spent, the rest (a person raised the child's caps) as overrun.  A promise
-- of the child that nobody settled counts as taken.  Of a child that went on after it had ended
-- before, what it has taken since.  Nothing was set aside where neither had a cap; one that the
-- parent was given meanwhile is filled at most, and the rest is overrun.
create or replace function pawl.settle_carved(parent_id uuid, child_id uuid)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_parent jsonb;
  v_child pawl.budgets;
  v_took jsonb;
  v_entry record;
begin
  select to_jsonb(b) into v_parent
  from pawl.budgets as b
  where b.task_id = parent_id
  for no key update;
  select b.* into v_child
  from pawl.budgets as b
  where b.task_id = child_id;
  v_took := jsonb_build_object(
    'tokens', v_child.spent_tokens + v_child.reserved_tokens + v_child.overrun_tokens,
    'microusd', v_child.spent_microusd + v_child.reserved_microusd + v_child.overrun_microusd,
    'tool_calls', v_child.spent_tool_calls + v_child.reserved_tool_calls,
    'model_calls', v_child.spent_model_calls + v_child.reserved_model_calls
  );
  for v_entry in
    select d.dimension, d.carved, least(d.took, coalesce(d.carved, d.room)) as spent,
      case when d.dimension in ('tokens', 'microusd') then d.took - least(d.took, coalesce(d.carved, d.room)) else 0 end
        as overrun
    from (
      select
        c.key as dimension, (v_child.carved ->> c.key)::bigint as carved,
        (v_parent ->> ('cap_' || c.key))::bigint - (v_parent ->> ('spent_' || c.key))::bigint
          - (v_parent ->> ('reserved_' || c.key))::bigint as room,
        greatest(c.value::bigint - coalesce((v_child.borne ->> c.key)::bigint, 0), 0) as took
      from jsonb_each_text(v_took) as c
    ) as d
  loop
    continue when coalesce(v_entry.carved, 0) = 0 and v_entry.spent = 0 and v_entry.overrun = 0;
    execute format(
      'update pawl.budgets set reserved_%1$s = reserved_%1$s - $2, spent_%1$s = spent_%1$s + $3%2$s where task_id = $1',
      v_entry.dimension,
      case when v_entry.overrun > 0 then format(', overrun_%1$s = overrun_%1$s + $4', v_entry.dimension) end
    ) using parent_id, coalesce(v_entry.carved, 0), v_entry.spent, v_entry.overrun;
    insert into pawl.ledger (task_id, dimension, kind, reserved, spent, overrun, created_at)
    values (parent_id, v_entry.dimension, 'settle', -coalesce(v_entry.carved, 0), v_entry.spent,
      v_entry.overrun, pawl.clock());
  end loop;
  update pawl.budgets as b
  set borne = (
    select jsonb_object_agg(c.key, greatest(c.value::bigint, (b.borne ->> c.key)::bigint))
    from jsonb_each_text(v_took) as c
  )
  where b.task_id = child_id;
end
$$;
comment on function pawl.settle_carved(uuid, uuid) is
  'private: moves what an ended child took to its parent, and gives back the rest of what was set aside.';
