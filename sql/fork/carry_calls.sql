-- Answered calls of carried steps, as if this task had made them: under keys of its own, so that it
-- never makes them again.  They cost it nothing, as an answer from a cache would.
create or replace function pawl.carry_calls(from_task_id uuid, to_task_id uuid)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_calls integer;
begin
  insert into pawl.tool_calls
  select (jsonb_populate_record(c, jsonb_build_object(
    'task_id', to_task_id, 'carried', true,
    'call_key', pawl.call_key(to_jsonb(c) || jsonb_build_object('task_id', to_task_id))
  ))).*
  from pawl.tool_calls as c
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = c.step_no
  where c.task_id = from_task_id
    and c.outcome is not null;
  insert into pawl.model_calls
  select (jsonb_populate_record(c, jsonb_build_object(
    'task_id', to_task_id, 'carried', true,
    'call_key', pawl.call_key(to_jsonb(c) || jsonb_build_object('task_id', to_task_id)),
    'reserved_tokens', 0, 'reserved_microusd', 0, 'input_tokens', 0, 'output_tokens', 0,
    'cache_read_tokens', 0, 'cache_write_5m_tokens', 0, 'cache_write_1h_tokens', 0,
    'cost_microusd', 0, 'saved_microusd', c.saved_microusd + c.cost_microusd,
    'price_band', (
      select min(p.band_from_tokens)
      from pawl.prices as p
      where p.model = c.model and p.valid_from = c.price_valid_from
    )
  ))).*
  from pawl.model_calls as c
  join pawl.steps as s on s.task_id = to_task_id and s.step_no = c.step_no
  where c.task_id = from_task_id
    and c.outcome is not null;
  insert into pawl.payloads (task_id, hash, body)
  select to_task_id, p.hash, p.body
  from pawl.payloads as p
  where p.task_id = from_task_id
    and p.hash in (
      select unnest(array[c.request ->> '$payload', c.answer ->> '$payload'])
      from pawl.tool_calls as c where c.task_id = to_task_id
      union
      select unnest(array[c.request ->> '$payload', c.answer ->> '$payload'])
      from pawl.model_calls as c where c.task_id = to_task_id
    );
  select greatest(
    (select max(c.call_no) from pawl.tool_calls as c where c.task_id = to_task_id),
    (select max(c.call_no) from pawl.model_calls as c where c.task_id = to_task_id)
  ) into v_calls;
  update pawl.budgets as b set calls = coalesce(v_calls, 0) where b.task_id = to_task_id;
end
$$;
comment on function pawl.carry_calls(uuid, uuid) is
  'private: copies the answered calls of the steps that a fork has carried.';
