-- A child and its parent say the same of each other, and an end on one side is an end on both.  (A
-- child that was let go may still be cleaning up, and a retried parent has begun another.)
create or replace function pawl.verify_children()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select 20, s.task_id, format('step %s is a child''s, and no child answers it', s.step_no)
  from pawl.steps as s
  left join pawl.tasks as c
    on c.task_id = s.child_task_id
    and c.parent_task_id = s.task_id
    and c.parent_step_no = s.step_no
  where s.kind = 'child'
    and s.status = 'open'
    and c.task_id is null
  union all
  select 20, s.task_id, format('step %s is open, and its child is %s', s.step_no, c.status)
  from pawl.steps as s
  join pawl.tasks as c on c.task_id = s.child_task_id
  where s.status = 'open'
    and c.finished_at is not null
  union all
  select 20, c.task_id, 'it answers a step that is not a child''s'
  from pawl.tasks as c
  left join pawl.steps as s
    on s.task_id = c.parent_task_id
    and s.step_no = c.parent_step_no
    and s.kind = 'child'
  where c.parent_task_id is not null
    and s.task_id is null
  union all
  select 20, c.task_id, 'it goes on, and its parent has let it go without a word'
  from pawl.tasks as c
  join pawl.steps as s on s.task_id = c.parent_task_id and s.step_no = c.parent_step_no
  where c.finished_at is null
    and (s.status <> 'open' or s.child_task_id <> c.task_id)
    and not exists (
      select from pawl.events as e
      where e.task_id = c.task_id
        and e.type = 'pawl.cancel'
    )
$$;
comment on function pawl.verify_children() is 'private: law 20, that child tasks and their parents agree.';
