-- Wall clock runs from the first move, not from the insert: waiting in the queue costs nothing.
create or replace function pawl.start_clocks(task_ids uuid[])
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  with started as (
    update pawl.budgets as b
    set deadline_at = pawl.clock() + b.wall_clock_ms * interval '1 millisecond'
    where b.task_id = any (start_clocks.task_ids)
      and b.wall_clock_ms is not null
    returning b.task_id, b.deadline_at
  )
  insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
  select s.task_id, 'pawl.deadline', s.deadline_at, '{"type": "pawl.deadline"}', 1
  from started as s
  join pawl.tasks as t on t.task_id = s.task_id
  join pawl.machines as m on m.machine_id = t.machine_id
  where 'pawl.deadline' = any (m.takes)
  on conflict on constraint timers_pk do update set fire_at = excluded.fire_at
$$;
comment on function pawl.start_clocks(uuid[]) is
  'Sets the deadline of tasks that just began, and its timer where the machine takes pawl.deadline.';
