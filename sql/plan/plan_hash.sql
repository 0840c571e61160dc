create or replace function pawl.plan_hash(steps jsonb)
returns text
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select pawl.json_hash(jsonb_agg(to_jsonb(s) order by s.ordinal))
  from jsonb_to_recordset(steps) as s (
    ordinal integer, act_no integer, tool text, args jsonb, expected jsonb, carried boolean
  )
$$;
comment on function pawl.plan_hash(jsonb) is 'sha-256 (hex) of a plan''s steps.';
