create or replace function pawl.check_same_request(call jsonb, request jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
begin
  if exists (
    select from pawl.tool_calls as c
    where c.task_id = (call ->> 'task_id')::uuid
      and c.step_no = (call ->> 'step_no')::integer
      and c.position = (call ->> 'position')::integer
      and (c.request_hash <> pawl.json_hash(check_same_request.request) or c.tool is distinct from call ->> 'tool')
  ) or exists (
    select from pawl.model_calls as c
    where c.task_id = (call ->> 'task_id')::uuid
      and c.step_no = (call ->> 'step_no')::integer
      and c.position = (call ->> 'position')::integer
      and (c.request_hash <> pawl.json_hash(check_same_request.request) or call ->> 'tool' is not null)
  ) then
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
