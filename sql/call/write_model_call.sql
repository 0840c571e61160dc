create or replace function pawl.write_model_call(
  call jsonb, price pawl.prices, tokens bigint, microusd bigint, refused text
)
returns pawl.model_calls
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
    select pawl.write_ledger(n.task_id, n.call_no, 'reserve', jsonb_build_array(
      jsonb_build_object('dimension', 'tokens', 'reserved', tokens),
      jsonb_build_object('dimension', 'microusd', 'reserved', microusd),
      jsonb_build_object('dimension', 'model_calls', 'reserved', 1)
    ))
    from numbered as n
    where refused is null
  )
  insert into pawl.model_calls (
    task_id, call_no, step_no, attempt, position, act_no, try_no, call_key, purpose, tier, model,
    voice, request, request_hash, outcome, error, worker_id, reserved_tokens, reserved_microusd,
    price_valid_from, price_band, intended_at, settled_at
  )
  select
    n.task_id, n.call_no, (call ->> 'step_no')::integer, (call ->> 'attempt')::integer,
    (call ->> 'position')::integer, (call ->> 'act_no')::integer,
    coalesce((
      select c.try_no from pawl.model_calls as c
      where c.task_id = n.task_id and c.step_no = (call ->> 'step_no')::integer
        and c.position = (call ->> 'position')::integer
      order by c.try_no desc limit 1
    ), 0) + 1,
    pawl.call_key(call), call ->> 'purpose', call ->> 'tier', call ->> 'model', call ->> 'voice',
    pawl.keep(n.task_id, call -> 'request'), pawl.json_hash(call -> 'request'),
    case when refused is not null then 'refused' end,
    case when refused is not null then jsonb_build_object('reason', refused) end,
    (call ->> 'worker_id')::uuid,
    case when refused is null then tokens else 0 end,
    case when refused is null then microusd else 0 end,
    price.valid_from, price.band_from_tokens, pawl.clock(),
    case when refused is not null then pawl.clock() end
  from numbered as n
  left join promised on true
  returning *
$$;
comment on function pawl.write_model_call(jsonb, pawl.prices, bigint, bigint, text) is
  'private: the row of one try of a model call, and what was promised for it.';
