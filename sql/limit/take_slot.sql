-- The table's key decides between two who take the same number at once; whoever comes second waits
-- the moment until the first has committed.  What a limit found in hand when it was set may have
-- numbers beyond it: those stand for the limit's last ones, which nobody takes meanwhile.  Who is
-- more urgent or older and waits already goes first.  Who has begun on a slot has it, and comes back
-- to it (it is not kept for him once more), unless the limit was lowered meanwhile.
create or replace function pawl.take_slot(
  wanted     pawl.limit_queue,
  attempt    integer,
  slots_max  integer
)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_tries_max constant integer := 3;
begin
  update pawl.limit_slots as s
  set attempt = coalesce(take_slot.attempt, s.attempt),
      taken_at = pawl.clock()
  where s.limit_id = wanted.limit_id
    and s.task_id = wanted.task_id
    and s.step_no = wanted.step_no
    and s.slot_no <= slots_max - (
      select count(*)
      from pawl.limit_slots as h
      where h.limit_id = s.limit_id
        and h.value = s.value
        and h.slot_no > s.slot_no
    );
  if found then
    return true;
  end if;
  if exists (
    select from pawl.limit_queue as q
    where q.limit_id = wanted.limit_id
      and q.value = wanted.value
      and (q.priority, q.opened_at, q.task_id, q.step_no)
        < (wanted.priority, wanted.opened_at, wanted.task_id, wanted.step_no)
  ) then
    return false;
  end if;
  for v_tries in 1 .. v_tries_max loop
    insert into pawl.limit_slots (limit_id, value, slot_no, task_id, step_no, attempt, taken_at)
    select wanted.limit_id, wanted.value, n, wanted.task_id, wanted.step_no, take_slot.attempt, pawl.clock()
    from generate_series(1, slots_max) as n
    where not exists (
      select from pawl.limit_slots as s
      where s.limit_id = wanted.limit_id
        and s.value = wanted.value
        and s.slot_no = n
    )
    and n <= slots_max - (
      select count(*)
      from pawl.limit_slots as s
      where s.limit_id = wanted.limit_id
        and s.value = wanted.value
        and s.slot_no > n
    )
    order by random()
    limit 1
    on conflict do nothing;
    if found then
      return true;
    end if;
    perform pawl.free_slots(wanted.limit_id, wanted.value);
  end loop;
  return false;
end
$$;
comment on function pawl.take_slot(pawl.limit_queue, integer, integer) is
  'private: takes one slot of one limit for an attempt; false where none is free, or others go first.';
