create or replace function pawl.attach_plan(task_id uuid, step_no integer, plan jsonb)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_plan_no integer := (plan ->> 'plan_no')::integer;
begin
  insert into pawl.plans (
    task_id, plan_no, parent_plan_no, step_no, reason, thought, steps_hash, created_at
  )
  values (
    attach_plan.task_id, v_plan_no, (plan ->> 'parent_plan_no')::integer, attach_plan.step_no,
    plan ->> 'reason', plan ->> 'thought', pawl.plan_hash(plan -> 'steps'), pawl.clock()
  );
  insert into pawl.plan_steps (task_id, plan_no, ordinal, act_no, tool, args, expected, carried)
  select attach_plan.task_id, v_plan_no, s.ordinal, s.act_no, s.tool, s.args, s.expected, s.carried
  from jsonb_to_recordset(plan -> 'steps') as s (
    ordinal integer, act_no integer, tool text, args jsonb, expected jsonb, carried boolean
  );
  if v_plan_no > 1 then
    update pawl.budgets as b
    set spent_replans = b.spent_replans + 1
    where b.task_id = attach_plan.task_id;
    insert into pawl.ledger (task_id, dimension, kind, reserved, spent, created_at)
    values (attach_plan.task_id, 'replans', 'settle', 0, 1, pawl.clock());
  end if;
end
$$;
comment on function pawl.attach_plan(uuid, integer, jsonb) is
  'private: stores a plan and its steps; a re-plan is charged to the budget.';
