-- What the code says holds from its registration on; what somebody sets by hand meanwhile holds
-- until then.  Limits of which the code says nothing stay as they are.
create or replace function pawl.set_limits(machine text, limits jsonb)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.set_limit(set_limits.machine, s.in_hand_max, label => s.label)
  from jsonb_to_recordset(set_limits.limits) as s (in_hand_max integer, label text)
  where not exists (
    select from pawl.limits as l
    where l.machine = set_limits.machine
      and l.label is not distinct from s.label
      and l.value is null
      and l.in_hand_max = s.in_hand_max
  )
$$;
comment on function pawl.set_limits(text, jsonb) is
  'private: sets the limits that a machine''s code gives it, where they are other ones.';
