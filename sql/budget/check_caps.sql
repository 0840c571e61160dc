create or replace function pawl.check_caps(task_id uuid, caps jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_budget pawl.budgets;
begin
  perform pawl.check_budget(coalesce(caps, 'null'));
  select b.* into v_budget
  from pawl.budgets as b
  where b.task_id = check_caps.task_id;
  if not found then
    raise exception using
      errcode = 'PW201',
      message = format('there is no task %s', check_caps.task_id),
      hint = 'select task_id, machine, status from pawl.tasks where finished_at is null;';
  end if;
  if jsonb_typeof(caps) is distinct from 'object' or caps ? 'pool' then
    raise exception using
      errcode = 'PW105',
      message = case when caps ? 'pool' then 'a task keeps its pool' else 'the caps are not an object' end,
      hint = 'Caps as in tasks.budget; a pool is raised for all its tasks: select pawl.open_pool(pool, cap_microusd);';
  end if;
  if (caps ->> 'tokens')::bigint < v_budget.spent_tokens + v_budget.reserved_tokens
    or (caps ->> 'microusd')::bigint < v_budget.spent_microusd + v_budget.reserved_microusd
    or (caps ->> 'tool_calls')::bigint < v_budget.spent_tool_calls + v_budget.reserved_tool_calls
    or (caps ->> 'model_calls')::bigint < v_budget.spent_model_calls + v_budget.reserved_model_calls
    or (caps ->> 'replans')::bigint < v_budget.spent_replans
  then
    raise exception using
      errcode = 'PW105',
      message = 'a cap may not fall below what is spent and promised',
      hint = 'select * from pawl.budgets where task_id = …; the values given are the caps, not what is added.';
  end if;
end
$$;
comment on function pawl.check_caps(uuid, jsonb) is
  'private: refuses caps that are wrong or below what is spent (PW105), or of no task (PW201).';
