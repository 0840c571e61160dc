create or replace function pawl.write_ledger(task_id uuid, call_no integer, kind text, entries jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.ledger (
    task_id, call_no, dimension, kind, reserved, spent, overrun, pool, created_at
  )
  select
    write_ledger.task_id, write_ledger.call_no, e.dimension, write_ledger.kind, e.reserved,
    coalesce(e.spent, 0), coalesce(e.overrun, 0),
    case when e.dimension = 'microusd' then b.pool end, pawl.clock()
  from jsonb_to_recordset(entries) as e (dimension text, reserved bigint, spent bigint, overrun bigint)
  join pawl.budgets as b on b.task_id = write_ledger.task_id
  where e.reserved <> 0
    or e.spent <> 0
    or e.overrun <> 0
$$;
comment on function pawl.write_ledger(uuid, integer, text, jsonb) is 'private: writes the increments of a budget.';
