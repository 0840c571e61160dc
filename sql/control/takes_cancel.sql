create or replace function pawl.takes_cancel(task pawl.tasks)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select exists (
    select from pawl.machine_edges as m
    where m.machine_id = task.machine_id
      and m.from_state = task.state
      and m.event = 'pawl.cancel'
      and m.kind = 'machine'
  )
$$;
comment on function pawl.takes_cancel(pawl.tasks) is
  'private: whether the state in which a task stands takes pawl.cancel itself.';
