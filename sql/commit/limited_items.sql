-- A machine with a limit begins no step in the same breath: each asks for its slot by claim_step.
create or replace function pawl.limited_items(items pawl.commit_item[])
returns integer[]
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select array(
    select i.item_no
    from unnest(limited_items.items) as i
    join pawl.machines as m on m.machine_id = i.machine_id
    where i.answer = 'accepted'
      and exists (select from pawl.limits as l where l.machine = m.machine)
  )
$$;
comment on function pawl.limited_items(pawl.commit_item[]) is
  'private: the accepted items of machines that have a limit.';
