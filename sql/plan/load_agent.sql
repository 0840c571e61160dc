-- Everything an agent's step thinks from: its task, the newest plan, what each act brought, the
-- envelopes, what was said by people, and what is left to spend.
create or replace function pawl.load_agent(task_id uuid)
returns table (
  input      jsonb,
  plan_no    integer,
  plan_steps jsonb,
  results    jsonb,
  envelopes  jsonb,
  memories   jsonb,
  replans_left bigint,
  forked     boolean
)
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
  with newest as (
    select max(p.plan_no) as plan_no
    from pawl.plans as p
    where p.task_id = load_agent.task_id
  ),
  last_envelopes as (
    select distinct on (e.act_no) e.*
    from pawl.envelopes as e
    where e.task_id = load_agent.task_id
    order by e.act_no, e.envelope_no desc
  )
  select
    t.input,
    coalesce(n.plan_no, 0),
    coalesce((
      select jsonb_agg(to_jsonb(s) - 'task_id' order by s.ordinal)
      from pawl.plan_steps as s
      where s.task_id = load_agent.task_id and s.plan_no = n.plan_no
    ), '[]'),
    coalesce((
      select jsonb_agg(to_jsonb(a) order by a.act_no)
      from pawl.last_answers(load_agent.task_id) as a
    ), '[]'),
    coalesce((select jsonb_agg(to_jsonb(e) - 'task_id' order by e.act_no) from last_envelopes as e), '[]'),
    coalesce((
      select jsonb_agg(to_jsonb(m) - 'task_id' order by m.memory_no)
      from (
        select m.* from pawl.memories as m
        where m.task_id = load_agent.task_id
        order by m.memory_no desc
        limit 200
      ) as m
    ), '[]'),
    coalesce(b.cap_replans - b.spent_replans, 1000000)::bigint,
    t.forked_from_task_id is not null
  from pawl.tasks as t
  cross join newest as n
  join pawl.budgets as b on b.task_id = t.task_id
  where t.task_id = load_agent.task_id;
end
$$;
comment on function pawl.load_agent(uuid) is
  'What an agent''s step thinks from: input, newest plan, last answer of each act, envelopes, memories, re-plans left.';
