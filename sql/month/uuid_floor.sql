create or replace function pawl.uuid_floor(at timestamptz)
returns uuid
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select (lpad(to_hex(floor(extract(epoch from uuid_floor.at) * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid
$$;
comment on function pawl.uuid_floor(timestamptz) is
  'The smallest UUIDv7 of that millisecond: where a partition begins.';
