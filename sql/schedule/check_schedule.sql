-- What would be refused at each run is refused where it is set, by name.  Only a new cron text or
-- being enabled again moves the next run.  One that a newer version of its machine refuses can be
-- put to rest as it is.
create or replace function pawl.check_schedule()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  if tg_op = 'UPDATE'
    and (new.schedule, new.cron, new.machine, new.input, new.labels, new.priority, new.budget, new.enabled)
      is not distinct from
      (old.schedule, old.cron, old.machine, old.input, old.labels, old.priority, old.budget, old.enabled)
  then
    return new;
  end if;
  if tg_op = 'INSERT'
    or (new.machine, new.input, new.budget) is distinct from (old.machine, old.input, old.budget)
    or (new.enabled and not old.enabled)
  then
    perform pawl.check_input(new.input, (pawl.current_machine(new.machine)).input_schema);
    perform pawl.check_budget(new.budget);
  end if;
  if jsonb_typeof(new.labels) is distinct from 'object' or new.priority not between -32768 and 32767 then
    raise exception using
      errcode = 'PW110',
      message = case
        when new.priority not between -32768 and 32767 then 'the priority is not between -32768 and 32767'
        else 'labels are not an object'
      end,
      hint = 'labels: {"name": …}; priority: smaller runs first.';
  end if;
  if tg_op = 'INSERT' or new.cron <> old.cron or not old.enabled then
    new.next_at := pawl.cron_next(new.cron, pawl.clock());
    if new.next_at is null then
      raise exception using
        errcode = 'PW111',
        message = format('the cron text %L is never due', left(new.cron, 80)),
        hint = 'There is no such day: the 30th of February, the 31st of April.';
    end if;
  end if;
  if not new.enabled then
    new.next_at := null;
  end if;
  new.set_by := session_user;
  return new;
end
$$;
comment on function pawl.check_schedule() is
  'Trigger: checks a schedule that people set, and says when it runs next.';

create or replace trigger check_schedule
before insert or update on pawl.schedules
for each row execute function pawl.check_schedule();
alter table pawl.schedules enable always trigger check_schedule;
