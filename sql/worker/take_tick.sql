-- Loops run in every worker and none is special, but one tick a period is enough for all of them.
-- What a tick did and a crash of Postgres undid, the next one does: nobody waits for the disk.
create or replace function pawl.take_tick(loop text, every interval)
returns boolean
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform from pawl.loops as l
  where l.loop = take_tick.loop
    and l.ticked_at <= pawl.clock() - take_tick.every
  for no key update skip locked;
  if found then
    update pawl.loops as l
    set ticked_at = pawl.clock()
    where l.loop = take_tick.loop;
    return true;
  end if;
  if exists (select from pawl.loops as l where l.loop = take_tick.loop) then
    return false;
  end if;
  insert into pawl.loops (loop, ticked_at)
  values (take_tick.loop, pawl.clock())
  on conflict do nothing;
  return found;
end
$$;
comment on function pawl.take_tick(text, interval) is
  'True for one caller in each such period: it ticks this loop for all workers.';
