-- A UUIDv7 by pawl's clock (PostgreSQL has its own only from 18).  The clock stands still within
-- a statement, so pawl.accept_task can tell our id from one the caller made up by its time alone.
create or replace function pawl.new_task_id()
returns uuid
language plpgsql
volatile
set search_path = pawl, pg_temp
as $$
declare
  v_micros bigint := floor(extract(epoch from pawl.clock()) * 1000000)::bigint;
begin
  return (
    lpad(to_hex(v_micros / 1000), 12, '0')
    || '7' || lpad(to_hex((v_micros % 1000) * 4096 / 1000), 3, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 17)
  )::uuid;
end
$$;
comment on function pawl.new_task_id() is 'A new task_id: a UUIDv7 by pawl.clock().';

alter table pawl.tasks alter column task_id set default pawl.new_task_id();
