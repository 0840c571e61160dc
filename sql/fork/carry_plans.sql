create or replace function pawl.carry_plans(from_task_id uuid, to_task_id uuid)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.plans (
    task_id, plan_no, parent_plan_no, step_no, reason, thought, steps_hash, created_at
  )
  select
    to_task_id, p.plan_no, p.parent_plan_no, p.step_no, p.reason, p.thought, p.steps_hash, p.created_at
  from pawl.plans as p
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = p.step_no
  where p.task_id = from_task_id;
  insert into pawl.plan_steps (task_id, plan_no, ordinal, act_no, tool, args, expected, carried)
  select to_task_id, l.plan_no, l.ordinal, l.act_no, l.tool, l.args, l.expected, l.carried
  from pawl.plan_steps as l
  join pawl.plans as p on p.task_id = to_task_id and p.plan_no = l.plan_no
  where l.task_id = from_task_id
$$;
comment on function pawl.carry_plans(uuid, uuid) is
  'private: copies the plans that the carried steps of a fork had made.';
