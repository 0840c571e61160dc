-- Not fenced: an answer that comes late is still the truth about what happened.  The first
-- settling wins; false when there was one before.
create or replace function pawl.settle_tool_call(settled jsonb)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task_id uuid := (settled ->> 'task_id')::uuid;
  v_call_no integer := (settled ->> 'call_no')::integer;
  v_answer jsonb := nullif(settled -> 'value', 'null');
begin
  update pawl.tool_calls as c
  set outcome = settled ->> 'outcome',
      answer = pawl.keep(c.task_id, v_answer),
      answer_hash = pawl.json_hash(v_answer),
      error = nullif(settled -> 'error', 'null'),
      latency_ms = (settled ->> 'latency_ms')::integer,
      cleaned = coalesce((settled ->> 'cleaned')::boolean, false),
      settled_at = pawl.clock()
  where c.task_id = v_task_id
    and c.call_no = v_call_no
    and c.settled_at is null;
  if not found then
    return false;
  end if;
  perform pawl.settle(v_task_id, v_call_no, 'tool', 0, 0, 0, 0);
  return true;
end
$$;
comment on function pawl.settle_tool_call(jsonb) is
  'Stores the outcome of a tool call and settles its budget. False when it was settled before.';
