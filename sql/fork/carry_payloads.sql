create or replace function pawl.carry_payloads(from_task_id uuid, to_task_id uuid)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
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
    )
  on conflict do nothing;
  update pawl.budgets as b
  set calls = greatest(
    b.calls,
    (select max(c.call_no) from pawl.tool_calls as c where c.task_id = to_task_id),
    (select max(c.call_no) from pawl.model_calls as c where c.task_id = to_task_id)
  )
  where b.task_id = to_task_id
$$;
comment on function pawl.carry_payloads(uuid, uuid) is
  'private: copies the long texts that carried calls speak of, and counts on from those calls.';
