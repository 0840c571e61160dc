create or replace function pawl.call_key(call jsonb)
returns text
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select 'pawl-' || left(encode(sha256(convert_to(concat_ws(':',
    call ->> 'task_id',
    case when call ->> 'act_no' is null then 'step' || (call ->> 'step_no') else 'act' || (call ->> 'act_no') end,
    call ->> 'position',
    call ->> 'envelope_no',
    case when call ->> 'purpose' in ('reconcile', 'undo') then call ->> 'purpose' end
  ), 'UTF8')), 'hex'), 40)
$$;
comment on function pawl.call_key(jsonb) is
  'private: the idempotency key of a call: of the task, the act (the step, where there is no plan), the position and the envelope; not of the try.';
