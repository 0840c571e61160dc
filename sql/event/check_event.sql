-- The engine's own event types cannot be sent by hand: a decision is made by deciding a review.
-- What no present state takes will wait in the inbox; what no state ever takes is refused here.
create or replace function pawl.check_event(event jsonb, machine pawl.machines)
returns void
language plpgsql
stable
set search_path = pawl, pg_temp
as $$
declare
  v_type text := case when jsonb_typeof(event -> 'type') = 'string' then event ->> 'type' end;
  v_schema jsonb;
  v_violation jsonb;
begin
  if jsonb_typeof(event) is distinct from 'object'
    or v_type is null
    or v_type ~ '^(xstate|pawl|review|budget)\.'
    or not exists (
      select from unnest(machine.takes) as d
      where d = v_type
        or d = '*'
        or (d like '%.*' and starts_with(v_type || '.', left(d, -1)))
    )
  then
    raise exception using
      errcode = 'PW202',
      message = format('this machine never takes the event %L', left(event ->> 'type', 80)),
      hint = 'It takes: ' || coalesce(nullif(array_to_string(array(
        select d from unnest(machine.takes) as d where d !~ '^(pawl|review|budget)\.'
      ), ', '), ''), 'nothing from outside') || '. An event is {"type": "…", …}.';
  end if;
  v_schema := machine.event_schemas -> v_type;
  if v_schema is null then
    return;
  end if;
  v_violation := pawl.json_schema_violation(
    v_schema, case when v_schema -> 'properties' ? 'type' then event else event - 'type' end
  );
  if v_violation is not null then
    raise exception using
      errcode = 'PW204',
      message = format('the event %s does not fit at %s: expected %s',
        v_type, v_violation ->> 'path', v_violation ->> 'expected'),
      hint = 'Found ' || (v_violation ->> 'found')
        || '. The whole schema: select machine, event_schemas from pawl.machines where current.';
  end if;
end
$$;
comment on function pawl.check_event(jsonb, pawl.machines) is
  'private: refuses an event that the machine never takes (PW202) or whose contents do not fit (PW204).';
