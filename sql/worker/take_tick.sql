-- Loops run in every worker and none is special, but one tick a period is enough for all of them.
-- Whether a tick happened need not survive a crash, so nobody waits for the disk.
create or replace function pawl.take_tick(loop text, every interval)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
set synchronous_commit = off
as $$
begin
  perform from pawl.ticks as t
  where t.loop = take_tick.loop
    and t.ticked_at <= pawl.clock() - take_tick.every
  for no key update skip locked;
  if found then
    update pawl.ticks as t
    set ticked_at = pawl.clock()
    where t.loop = take_tick.loop;
    return true;
  end if;
  insert into pawl.ticks (loop, ticked_at)
  select take_tick.loop, pawl.clock()
  where not exists (select from pawl.ticks as t where t.loop = take_tick.loop)
  on conflict do nothing;
  return found;
end
$$;
comment on function pawl.take_tick(text, interval) is
  'True for one caller in each such period: it ticks this loop for all workers.';
