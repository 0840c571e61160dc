-- Wall clock runs from the first move, not from the insert: waiting in the queue costs nothing.
create or replace function pawl.start_clocks(task_ids uuid[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_clocked uuid[];
begin
  with started as (
    update pawl.budgets as b
    set deadline_at = pawl.clock() + b.wall_clock_ms * interval '1 millisecond'
    where b.task_id = any (start_clocks.task_ids)
      and b.wall_clock_ms is not null
    returning b.task_id
  )
  select array_agg(s.task_id) into v_clocked from started as s;
  if v_clocked is null then
    return;
  end if;
  insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
  select b.task_id, 'pawl.deadline', b.deadline_at, '{"type": "pawl.deadline"}', 1
  from pawl.budgets as b
  join pawl.tasks as t using (task_id)
  join pawl.machines as m using (machine_id)
  where b.task_id = any (v_clocked)
    and 'pawl.deadline' = any (m.takes)
  on conflict on constraint timers_pk do update set fire_at = excluded.fire_at;
end
$$;
comment on function pawl.start_clocks(uuid[]) is
  'Sets the deadline of tasks that just began, and its timer where the machine takes pawl.deadline.';
