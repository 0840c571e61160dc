-- What is in hand just now counts, so a limit that is set while work is under way holds from then
-- on; where more is in hand than it allows, nothing new is begun until less is.
create or replace function pawl.set_limit(
  machine      text,
  in_hand_max  integer,
  label        text default null,
  value        text default null
)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_limit_id bigint;
begin
  perform pawl.current_machine(set_limit.machine);
  if in_hand_max not between 0 and 10000 or (value is not null and label is null) then
    raise exception using
      errcode = 'PW110',
      message = 'a limit is a number of steps from 0 to 10000, and a value belongs to a label',
      hint = 'select pawl.set_limit(''support'', 5, label => ''customer''); with null there is none any more.';
  end if;
  -- Whoever began something without having seen it has committed then, and is counted below.
  perform pawl.lock_limits();
  if in_hand_max is null then
    perform pawl.drop_limit(set_limit.machine, set_limit.label, set_limit.value);
    return;
  end if;
  insert into pawl.limits (machine, label, value, in_hand_max, set_by, set_at)
  values (set_limit.machine, set_limit.label, set_limit.value, set_limit.in_hand_max, session_user, pawl.clock())
  on conflict on constraint a_machine_has_one_limit_a_label do update
  set in_hand_max = excluded.in_hand_max,
      set_by = excluded.set_by,
      set_at = excluded.set_at
  returning limit_id into v_limit_id;
  insert into pawl.limit_slots (limit_id, value, slot_no, task_id, step_no, attempt, taken_at)
  select v_limit_id, o.value, row_number() over (partition by o.value), a.task_id, a.step_no, a.attempt, pawl.clock()
  from pawl.attempts as a
  join pawl.tasks as t on t.task_id = a.task_id and t.machine = set_limit.machine
  cross join lateral pawl.limits_of(t) as o
  where a.outcome is null
    and o.limit_id = v_limit_id
  on conflict do nothing;
end
$$;
comment on function pawl.set_limit(text, integer, text, text) is
  'At most so many steps of a machine''s tasks in hand at once, over all workers; with a label for each of its values (or for one value); null: no limit. PW112 where an open transaction is in the way; until its own transaction ends nobody commits, so one that idles for two seconds is ended.';
