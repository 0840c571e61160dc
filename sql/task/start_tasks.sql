-- After the insert, once for any number of rows: diary row 0, budget and wake-up commit with the
-- caller's own work or not at all.
create or replace function pawl.start_tasks()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.transitions (
    task_id, revision, cause, event, machine_id, edge_no, from_state, to_state, commit_id, created_at
  )
  select
    a.task_id, 0, 'start', 'pawl.created', a.machine_id, 0, '(new)', '(new)', gen_random_uuid(),
    pawl.clock()
  from added as a;
  insert into pawl.budgets (
    task_id, pool, cap_tokens, cap_microusd, cap_tool_calls, cap_model_calls, cap_replans, wall_clock_ms
  )
  select
    a.task_id,
    b.asked ->> 'pool',
    (b.asked ->> 'tokens')::bigint,
    (b.asked ->> 'microusd')::bigint,
    (b.asked ->> 'tool_calls')::bigint,
    (b.asked ->> 'model_calls')::bigint,
    (b.asked ->> 'replans')::bigint,
    (b.asked ->> 'wall_clock_ms')::bigint
  from added as a
  join pawl.machines as m using (machine_id)
  cross join lateral (select m.budget || coalesce(nullif(a.budget, 'null'), '{}') as asked) as b;
  perform pawl.enqueue(array(select a.task_id from added as a));
  return null;
end
$$;
comment on function pawl.start_tasks() is 'Trigger: diary row 0, budget and wake-up for newly inserted tasks.';

create or replace trigger start_tasks
after insert on pawl.tasks
referencing new table as added
for each statement execute function pawl.start_tasks();
alter table pawl.tasks enable always trigger start_tasks;
