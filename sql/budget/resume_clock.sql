create or replace function pawl.resume_clock(task_id uuid, stood_still interval)
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  select pawl.forget_deadline(resume_clock.task_id);
  with moved as (
    update pawl.budgets as b
    set deadline_at = b.deadline_at + resume_clock.stood_still
    where b.task_id = resume_clock.task_id
      and b.deadline_at is not null
    returning b.task_id, b.deadline_at
  )
  insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
  select m.task_id, 'pawl.deadline', m.deadline_at, '{"type": "pawl.deadline"}', t.revision
  from moved as m
  join pawl.tasks as t on t.task_id = m.task_id and t.finished_at is null
  join pawl.machines as k on k.machine_id = t.machine_id
  where 'pawl.deadline' = any (k.takes)
  on conflict on constraint timers_pk do update set fire_at = excluded.fire_at;
$$;
comment on function pawl.resume_clock(uuid, interval) is
  'private: moves a task''s deadline on by the time a person took, and sets its timer again.';
