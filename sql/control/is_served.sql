create or replace function pawl.is_served(machine_id bigint)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.machines as m
    join pawl.workers as w on m.machine || ':' || m.version = any (w.serves)
    where m.machine_id = is_served.machine_id
      and w.stopped_at is null
      and w.buried_at is null
  )
$$;
comment on function pawl.is_served(bigint) is 'private: a living worker serves this machine version.';
