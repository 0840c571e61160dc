create or replace function pawl.carry_envelopes(from_task_id uuid, to_task_id uuid, at timestamptz)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.envelopes (
    task_id, act_no, envelope_no, plan_no, tool, tool_version, args, hash, preconditions, made_by,
    created_at
  )
  select
    to_task_id, e.act_no, e.envelope_no, e.plan_no, e.tool, e.tool_version, e.args, e.hash,
    e.preconditions, e.made_by, e.created_at
  from pawl.envelopes as e
  where e.task_id = from_task_id
    and e.created_at <= carry_envelopes.at
    and (e.made_by = 'agent' or exists (
      select from pawl.reviews as r
      where r.task_id = to_task_id
        and r.act_no = e.act_no
        and r.envelope_no = e.envelope_no - 1
        and r.decision = 'edit'
    ))
$$;
comment on function pawl.carry_envelopes(uuid, uuid, timestamptz) is
  'private: copies the envelopes there were at that time, to a fork.';
