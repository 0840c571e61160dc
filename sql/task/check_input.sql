create or replace function pawl.check_input(input jsonb, input_schema jsonb)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_bytes_max constant integer := 1048576;
  v_violation jsonb;
begin
  if jsonb_typeof(input) is distinct from 'object' then
    raise exception using
      errcode = 'PW103',
      message = format('the input is not a JSON object but %s', coalesce(jsonb_typeof(input), 'null')),
      hint = 'Wrap it: {"value": …}.';
  end if;
  if octet_length(input::text) > v_bytes_max then
    raise exception using
      errcode = 'PW104',
      message = format('the input has %s bytes, more than %s', octet_length(input::text), v_bytes_max),
      hint = 'Store the document elsewhere and put a reference to it into the input.';
  end if;
  v_violation := pawl.json_schema_violation(input_schema, input);
  if v_violation is not null then
    raise exception using
      errcode = 'PW101',
      message = format('the input does not fit at %s: expected %s',
        v_violation ->> 'path', v_violation ->> 'expected'),
      hint = 'Found ' || (v_violation ->> 'found')
        || '. The whole schema: select machine, input_schema from pawl.machines where current.';
  end if;
end
$$;
comment on function pawl.check_input(jsonb, jsonb) is
  'Refuses an input that is no object (PW103), over 1 MB (PW104) or does not fit its schema (PW101).';
