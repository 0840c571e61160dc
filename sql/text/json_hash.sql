create or replace function pawl.json_hash(body jsonb)
returns text
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select encode(sha256(convert_to(body::text, 'UTF8')), 'hex')
$$;
comment on function pawl.json_hash(jsonb) is 'sha-256 (hex) of a JSON value as PostgreSQL writes it.';
