create or replace function pawl.write_tool_call(
  call jsonb, call_key text, planned boolean, request jsonb, approval jsonb, refused text
)
returns pawl.tool_calls
language sql
security definer
set search_path = pawl, pg_temp
as $$
  with numbered as (
    update pawl.budgets as b
    set calls = b.calls + 1
    where b.task_id = (call ->> 'task_id')::uuid
    returning b.task_id, b.calls as call_no
  ),
  promised as (
    select pawl.write_ledger(n.task_id, n.call_no, 'reserve', '[{"dimension": "tool_calls", "reserved": 1}]')
    from numbered as n
    where refused is null
  )
  insert into pawl.tool_calls (
    task_id, call_no, step_no, attempt, position, act_no, plan_no, ordinal, envelope_no, try_no,
    call_key, purpose, tool, tool_version, class, consequential, planned, request, request_hash,
    outcome, error, approval, worker_id, intended_at, settled_at
  )
  select
    n.task_id, n.call_no, (call ->> 'step_no')::integer, (call ->> 'attempt')::integer,
    (call ->> 'position')::integer, (call ->> 'act_no')::integer, (call ->> 'plan_no')::integer,
    (call ->> 'ordinal')::integer, (call ->> 'envelope_no')::integer,
    coalesce((
      select c.try_no from pawl.tool_calls as c
      where c.task_id = n.task_id and c.step_no = (call ->> 'step_no')::integer
        and c.position = (call ->> 'position')::integer
      order by c.try_no desc limit 1
    ), 0) + 1,
    write_tool_call.call_key, call ->> 'purpose', call ->> 'tool', call ->> 'tool_version',
    call ->> 'class', (call ->> 'consequential')::boolean, write_tool_call.planned,
    pawl.keep(n.task_id, write_tool_call.request), pawl.json_hash(write_tool_call.request),
    case when refused is not null then 'refused' end,
    case when refused is not null then jsonb_build_object('reason', refused) end,
    write_tool_call.approval, (call ->> 'worker_id')::uuid, pawl.clock(),
    case when refused is not null then pawl.clock() end
  from numbered as n
  left join promised on true
  returning *
$$;
comment on function pawl.write_tool_call(jsonb, text, boolean, jsonb, jsonb, text) is
  'private: the row of one try of a tool call, and what was promised for it.';
