-- The values given are the new caps, not increments.  Budget questions that wait are answered by it.
create or replace function pawl.raise_budget(task_id uuid, caps jsonb, by text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks;
  v_review_no integer;
begin
  perform pawl.check_caps(raise_budget.task_id, caps);
  select t.* into v_task
  from pawl.tasks as t
  where t.task_id = raise_budget.task_id
  for no key update;
  update pawl.budgets as b
  set cap_tokens = coalesce((caps ->> 'tokens')::bigint, b.cap_tokens),
      cap_microusd = coalesce((caps ->> 'microusd')::bigint, b.cap_microusd),
      cap_tool_calls = coalesce((caps ->> 'tool_calls')::bigint, b.cap_tool_calls),
      cap_model_calls = coalesce((caps ->> 'model_calls')::bigint, b.cap_model_calls),
      cap_replans = coalesce((caps ->> 'replans')::bigint, b.cap_replans)
  where b.task_id = raise_budget.task_id;
  if jsonb_typeof(caps -> 'wall_clock_ms') = 'number' then
    perform pawl.extend_deadline(v_task, (caps ->> 'wall_clock_ms')::bigint);
  end if;
  for v_review_no in
    select r.review_no
    from pawl.reviews as r
    where r.task_id = raise_budget.task_id
      and r.kind = 'budget'
      and r.status = 'waiting'
    order by r.review_no
  loop
    perform set_config('pawl.raising_budget', raise_budget.task_id::text, true);
    perform pawl.decide_review(
      raise_budget.task_id, v_review_no, 'approve', raise_budget.by, 'new caps: ' || caps::text
    );
  end loop;
end
$$;
comment on function pawl.raise_budget(uuid, jsonb, text) is
  'Sets new caps (the values given are the caps, keys as in tasks.budget); budget questions that wait are answered by it and the task goes on.';
