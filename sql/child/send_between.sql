-- From a task to the child of one of its steps, or (step_no null) to its parent.  Whoever has ended
-- hears nothing, and nobody hears a child that was let go.  What no state takes is dropped by the
-- worker that looks at it.
create or replace function pawl.send_between(task_id uuid, step_no integer, event jsonb)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_to uuid;
  v_step_no integer := send_between.step_no;
begin
  if send_between.step_no is null then
    select t.parent_task_id, t.parent_step_no into v_to, v_step_no
    from pawl.tasks as t
    where t.task_id = send_between.task_id
      and not pawl.is_mute(t);
  else
    select s.child_task_id into v_to
    from pawl.steps as s
    where s.task_id = send_between.task_id
      and s.step_no = send_between.step_no;
  end if;
  insert into pawl.events (task_id, cause, cause_no, type, payload, sent_by, created_at)
  select
    t.task_id, case when event ->> 'type' = 'pawl.cancel' then 'engine' else 'child' end, v_step_no,
    event ->> 'type', event, send_between.task_id::text, pawl.clock()
  from pawl.tasks as t
  where t.task_id = v_to
    and t.finished_at is null
    and not (event ->> 'type' = 'pawl.cancel' and pawl.is_told_to_end(t));
  if found then
    perform pawl.enqueue(array[v_to]);
  end if;
  if event ->> 'type' = 'pawl.cancel' then
    perform pawl.go_on_let_go(v_to);
  end if;
end
$$;
comment on function pawl.send_between(uuid, integer, jsonb) is
  'private: puts what one task says into the inbox of its child or its parent, and wakes it.';
