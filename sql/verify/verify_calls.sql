create or replace function pawl.verify_calls()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select 10, c.task_id, format('key %s was sent with %s requests and found %s times',
    c.call_key, count(distinct c.request_hash), count(*) filter (where c.outcome = 'found'))
  from pawl.tool_calls as c
  group by c.task_id, c.call_key
  having count(distinct c.request_hash) > 1
    or count(*) filter (where c.consequential and c.outcome = 'found') > 1
  union all
  select 10, c.task_id, format('act %s succeeded %s times', c.act_no, count(*))
  from pawl.tool_calls as c
  where c.consequential
    and c.purpose = 'act'
    and c.outcome = 'found'
    and c.act_no is not null
  group by c.task_id, c.act_no
  having count(*) > 1
  union all
  select 11, c.task_id, format('call %s belongs to no plan step', c.call_no)
  from pawl.tool_calls as c
  join pawl.tasks as t on t.task_id = c.task_id
  left join pawl.plan_steps as s
    on s.task_id = c.task_id
    and s.plan_no = c.plan_no
    and s.ordinal = c.ordinal
    and s.tool = c.tool
  where t.planned
    and c.purpose = 'act'
    and s.task_id is null
  union all
  select 12, p.task_id, format('plan %s has other steps than it was made with', p.plan_no)
  from pawl.plans as p
  left join pawl.plan_steps as s using (task_id, plan_no)
  group by p.task_id, p.plan_no, p.steps_hash
  having p.steps_hash is distinct from pawl.plan_hash(
    coalesce(jsonb_agg(to_jsonb(s)) filter (where s.ordinal is not null), '[]')
  )
  union all
  select 19, c.task_id, format('call %s came before step %s of plan %s had been passed', c.call_no, s.ordinal, c.plan_no)
  from pawl.tool_calls as c
  join pawl.plan_steps as s
    on s.task_id = c.task_id
    and s.plan_no = c.plan_no
    and s.ordinal < c.ordinal
  where c.purpose = 'act'
    and not s.carried
    and not exists (
      select from pawl.steps as j
      where j.task_id = c.task_id
        and j.src = 'judge'
        and j.output ->> 'verdict' = 'continue'
        and (j.output ->> 'act_no')::integer = s.act_no
        and j.closed_at <= c.intended_at
    )
$$;
comment on function pawl.verify_calls() is 'private: laws 10, 11, 12 and 19, of tool calls and plans.';
