create or replace function pawl.envelope_hash(envelope jsonb)
returns text
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select encode(sha256(convert_to(jsonb_build_object(
    'tool', envelope -> 'tool',
    'tool_version', envelope -> 'tool_version',
    'args', envelope -> 'args'
  )::text, 'UTF8')), 'hex')
$$;
comment on function pawl.envelope_hash(jsonb) is
  'sha-256 (hex) of tool, tool_version and args: what a person approves and a call must match.';
