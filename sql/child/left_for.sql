-- What its machine declares, or what a person has made of its caps since, less what it has taken;
-- and no more than its parent has left.
create or replace function pawl.left_for(parent_id uuid, child_id uuid)
returns table (dimension text, took bigint, rest bigint)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select d.dimension, d.took, case when l.least is not null then greatest(l.least, 0) end
  from pawl.budgets as b
  join pawl.tasks as t on t.task_id = b.task_id
  join pawl.machines as m on m.machine_id = t.machine_id
  join pawl.budgets as p on p.task_id = parent_id
  cross join lateral (values
    ('tokens', b.cap_tokens, b.spent_tokens + b.reserved_tokens + b.overrun_tokens,
      p.cap_tokens - p.spent_tokens - p.reserved_tokens - p.overrun_tokens),
    ('microusd', b.cap_microusd, b.spent_microusd + b.reserved_microusd + b.overrun_microusd,
      p.cap_microusd - p.spent_microusd - p.reserved_microusd - p.overrun_microusd),
    ('tool_calls', b.cap_tool_calls, b.spent_tool_calls + b.reserved_tool_calls,
      p.cap_tool_calls - p.spent_tool_calls - p.reserved_tool_calls),
    ('model_calls', b.cap_model_calls, b.spent_model_calls + b.reserved_model_calls,
      p.cap_model_calls - p.spent_model_calls - p.reserved_model_calls)
  ) as d (dimension, cap, took, parents)
  cross join lateral (select least(d.parents, case
    when d.cap is distinct from (b.carved -> 'caps' ->> d.dimension)::bigint then d.cap
    else (m.budget ->> d.dimension)::bigint
  end - d.took) as least) as l
  where b.task_id = child_id
$$;
comment on function pawl.left_for(uuid, uuid) is
  'private: what a child has taken and what it may yet take, by dimension; null: as much as it takes.';
