-- Calls whose attempt is over and that no later attempt will ask for: the task has ended.
create or replace function pawl.settle_orphans()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_settled bigint;
begin
  with orphaned as (
    select 'tool' as kind, c.task_id, c.call_no, c.step_no
    from pawl.tool_calls as c
    where c.settled_at is null
    union all
    select 'model', c.task_id, c.call_no, c.step_no
    from pawl.model_calls as c
    where c.settled_at is null
  ),
  over as (
    select o.kind, jsonb_build_object(
      'task_id', o.task_id, 'call_no', o.call_no, 'outcome', 'unknown',
      'error', jsonb_build_object('message', 'the step ended before the answer came')
    ) as settled
    from orphaned as o
    join pawl.steps as s on s.task_id = o.task_id and s.step_no = o.step_no
    where s.status <> 'open'
      and s.closed_at < pawl.clock() - interval '5 seconds'
    limit 100
  )
  select count(*) into v_settled
  from over as o
  where case o.kind
    when 'tool' then pawl.settle_tool_call(o.settled)
    else pawl.settle_model_call(o.settled)
  end;
  return v_settled;
end
$$;
comment on function pawl.settle_orphans() is
  'Marks calls as unknown whose step has ended without their answer; returns how many.';
