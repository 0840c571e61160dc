create or replace function pawl.lock_orphans(kind text, at_most integer)
returns setof jsonb
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_lost constant jsonb :=
    '{"outcome": "unknown", "error": {"message": "the step ended before the answer came"}}';
  v_before timestamptz := pawl.clock() - interval '5 seconds';
begin
  if kind = 'tool' then
    return query
    select v_lost || jsonb_build_object('task_id', c.task_id, 'call_no', c.call_no)
    from pawl.tool_calls as c
    join pawl.steps as s using (task_id, step_no)
    where c.settled_at is null
      and s.closed_at < v_before
    order by c.task_id, c.call_no
    limit at_most
    for no key update of c skip locked;
  else
    return query
    select v_lost || jsonb_build_object('task_id', c.task_id, 'call_no', c.call_no)
    from pawl.model_calls as c
    join pawl.steps as s using (task_id, step_no)
    where c.settled_at is null
      and s.closed_at < v_before
    order by c.task_id, c.call_no
    limit at_most
    for no key update of c skip locked;
  end if;
end
$$;
comment on function pawl.lock_orphans(text, integer) is
  'private: locks tool or model calls that nobody will settle, as what pawl.settle_… takes.';
