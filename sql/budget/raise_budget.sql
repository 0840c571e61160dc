-- The values given are the new caps, not increments.  A budget question that waits is answered by it.
create or replace function pawl.raise_budget(task_id uuid, caps jsonb, by text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_review_no integer;
begin
  perform pawl.check_caps(raise_budget.task_id, caps);
  perform from pawl.tasks as t
  where t.task_id = raise_budget.task_id
  for no key update;
  update pawl.budgets as b
  set cap_tokens = coalesce((caps ->> 'tokens')::bigint, b.cap_tokens),
      cap_microusd = coalesce((caps ->> 'microusd')::bigint, b.cap_microusd),
      cap_tool_calls = coalesce((caps ->> 'tool_calls')::bigint, b.cap_tool_calls),
      cap_model_calls = coalesce((caps ->> 'model_calls')::bigint, b.cap_model_calls),
      cap_replans = coalesce((caps ->> 'replans')::bigint, b.cap_replans),
      wall_clock_ms = coalesce((caps ->> 'wall_clock_ms')::bigint, b.wall_clock_ms),
      deadline_at = case when caps ? 'wall_clock_ms' then
        coalesce(b.deadline_at, pawl.clock()) + interval '1 millisecond'
          * greatest((caps ->> 'wall_clock_ms')::bigint - coalesce(b.wall_clock_ms, 0), 0)
        else b.deadline_at end
  where b.task_id = raise_budget.task_id;
  if caps ? 'wall_clock_ms' then
    perform pawl.forget_deadline(raise_budget.task_id);
  end if;
  -- A clock that stands still for a person is set going by the decision.
  update pawl.timers as m
  set fire_at = b.deadline_at
  from pawl.budgets as b
  where b.task_id = raise_budget.task_id
    and m.task_id = b.task_id
    and m.timer_id = 'pawl.deadline'
    and isfinite(m.fire_at);
  select r.review_no into v_review_no
  from pawl.reviews as r
  where r.task_id = raise_budget.task_id
    and r.kind = 'budget'
    and r.status = 'waiting';
  if found then
    perform set_config('pawl.raising_budget', raise_budget.task_id::text, true);
    perform pawl.decide_review(
      raise_budget.task_id, v_review_no, 'approve', raise_budget.by, 'new caps: ' || caps::text
    );
  end if;
end
$$;
comment on function pawl.raise_budget(uuid, jsonb, text) is
  'Sets new caps (the values given are the caps, keys as in tasks.budget); a waiting budget question is answered by it and the task goes on.';
