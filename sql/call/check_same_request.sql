-- Tries are ordered for the planner's sake alone: most tasks make few calls, so to it any index
-- that begins with the task is as good as another, and a task of long standing has thousands.
create or replace function pawl.check_same_request(call jsonb, request jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_hash text := pawl.json_hash(check_same_request.request);
  v_other boolean;
begin
  select bool_or(t.request_hash <> v_hash or t.tool is distinct from call ->> 'tool') into v_other
  from (
    (
      select c.request_hash, c.tool
      from pawl.tool_calls as c
      where c.task_id = (call ->> 'task_id')::uuid
        and c.step_no = (call ->> 'step_no')::integer
        and c.position = (call ->> 'position')::integer
      order by c.try_no
    )
    union all
    (
      select c.request_hash, null
      from pawl.model_calls as c
      where c.task_id = (call ->> 'task_id')::uuid
        and c.step_no = (call ->> 'step_no')::integer
        and c.position = (call ->> 'position')::integer
      order by c.try_no
    )
  ) as t;
  if v_other then
    raise exception using
      errcode = 'PW203',
      message = format('call %s of step %s is not the one an earlier attempt made',
        call ->> 'position', call ->> 'step_no'),
      hint = 'A step tried again must make the same calls in the same order: no clock, no random values in requests.';
  end if;
end
$$;
comment on function pawl.check_same_request(jsonb, jsonb) is
  'private: refuses another request at a position where one was made, with PW203.';
