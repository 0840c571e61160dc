-- Its turn comes, or has come just now: a slot kept for longer than that has woken nobody.
create or replace function pawl.stands_in_line(task_id uuid, step_no integer, before timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.limit_queue as q
    where q.task_id = stands_in_line.task_id
      and q.step_no = stands_in_line.step_no
  )
  or exists (
    select from pawl.limit_slots as h
    where h.task_id = stands_in_line.task_id
      and h.step_no = stands_in_line.step_no
      and h.attempt is null
      and h.taken_at >= stands_in_line.before
  )
$$;
comment on function pawl.stands_in_line(uuid, integer, timestamptz) is
  'private: whether a step that waits for a slot is in the queue, or had one kept for it since before.';
