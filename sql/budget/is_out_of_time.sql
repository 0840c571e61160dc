-- A function, so that the task is looked for only when the deadline has gone by.
create or replace function pawl.is_out_of_time(budget pawl.budgets)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select budget.deadline_at <= coalesce(
    (select pawl.stands_since(t) from pawl.tasks as t where t.task_id = budget.task_id),
    pawl.clock()
  )
$$;
comment on function pawl.is_out_of_time(pawl.budgets) is
  'private: whether the deadline is over, by a clock that stands still in a pause and while a person is asked.';
