-- What killed its workers was in hand at their deaths.  Two deaths are enough where few die; where
-- somebody pulls plugs, everything was in hand at some, and a quarter of the last minute's it must be.
create or replace function pawl.is_suspect(deaths integer)
returns boolean
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_enough constant integer := 10;
begin
  if deaths < 2 or deaths >= v_enough then
    return deaths >= v_enough;
  end if;
  return 4 * deaths >= (
    select count(*)
    from pawl.workers as w
    where w.buried_at > pawl.clock() - interval '1 minute'
      and w.alone_task_id is null
  );
end
$$;
comment on function pawl.is_suspect(integer) is
  'private: whether a step in hand at so many deaths of workers is only for one that has nothing else in hand.';
