create or replace function pawl.definition_hash(registration jsonb)
returns text
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select pawl.json_hash(jsonb_build_object(
    'definition', registration -> 'definition',
    'input', registration -> 'input_schema',
    'output', registration -> 'output_schema',
    'planned', registration -> 'planned'
  ) || case
    when registration -> 'event_schemas' <> '{}'
    then jsonb_build_object('events', registration -> 'event_schemas')
    else '{}'
  end)
$$;
comment on function pawl.definition_hash(jsonb) is
  'sha-256 (hex) of what makes a machine version: its structure and its schemas.';
