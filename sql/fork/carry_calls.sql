-- Answered calls of a step (that step's of the fork), as if this task had made them: under keys of
-- its own, so that it never makes them again.  They cost it nothing, as an answer from a cache
-- would.  Of a step that runs again only what needs no second asking: what was brought, and what of
-- class C nobody knows.
create or replace function pawl.carry_calls(
  from_task_id uuid, to_task_id uuid, from_steps integer[], to_steps integer[],
  answers_upto timestamptz default null
)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.tool_calls
  select (jsonb_populate_record(c, n.as_its_own || jsonb_build_object(
    'call_key', pawl.call_key(to_jsonb(c) || n.as_its_own)
  ))).*
  from unnest(from_steps, to_steps) as s (from_no, to_no)
  join pawl.tool_calls as c on c.task_id = from_task_id and c.step_no = s.from_no
  cross join lateral (
    select jsonb_build_object('task_id', to_task_id, 'step_no', s.to_no, 'carried', true) as as_its_own
  ) as n
  where c.outcome is not null
    and (answers_upto is null or c.settled_at <= answers_upto and (
      c.outcome in ('found', 'empty') or (c.class = 'C' and c.outcome = 'unknown')
    ));
  insert into pawl.model_calls
  select (jsonb_populate_record(c, n.as_its_own || jsonb_build_object(
    'call_key', pawl.call_key(to_jsonb(c) || n.as_its_own),
    'reserved_tokens', 0, 'reserved_microusd', 0, 'input_tokens', 0, 'output_tokens', 0,
    'cache_read_tokens', 0, 'cache_write_5m_tokens', 0, 'cache_write_1h_tokens', 0,
    'cost_microusd', 0, 'saved_microusd', c.saved_microusd + c.cost_microusd,
    'price_band', (
      select min(p.band_from_tokens)
      from pawl.prices as p
      where p.model = c.model and p.valid_from = c.price_valid_from
    )
  ))).*
  from unnest(from_steps, to_steps) as s (from_no, to_no)
  join pawl.model_calls as c on c.task_id = from_task_id and c.step_no = s.from_no
  cross join lateral (
    select jsonb_build_object('task_id', to_task_id, 'step_no', s.to_no, 'carried', true) as as_its_own
  ) as n
  where c.outcome is not null
    and (answers_upto is null or c.settled_at <= answers_upto and c.outcome in ('found', 'empty'));
  perform pawl.carry_payloads(from_task_id, to_task_id);
end
$$;
comment on function pawl.carry_calls(uuid, uuid, integer[], integer[], timestamptz) is
  'private: copies the answered calls of these steps to these of a fork: all, or the answers there were at that time.';
