-- Questions of a task that has ended need no answer any more (but for what killed workers, and for
-- an action, which may outlive it and its pauses), and its timers wake nobody.
create or replace function pawl.end_tasks(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_ended uuid[] := array(
    select i.task_id
    from unnest(end_tasks.items) as i
    where i.answer = 'accepted'
      and i.status in ('succeeded', 'failed', 'cancelled')
  );
begin
  update pawl.reviews as r
  set status = 'withdrawn',
      decided_at = pawl.clock()
  from unnest(end_tasks.items) as i
  where r.task_id = any (v_ended)
    and r.task_id = i.task_id
    and r.status = 'waiting'
    and (r.kind <> 'poison' or i.status <> 'failed')
    and not exists (
      select from pawl.steps as s
      where s.task_id = r.task_id
        and s.step_no = r.step_no
        and s.kind = 'action'
    );
  perform pawl.still_timers(end_tasks.items);
  perform pawl.end_children(v_ended);
end
$$;
comment on function pawl.end_tasks(pawl.commit_item[]) is
  'private: withdraws the questions and removes the timers of tasks that have ended, and tells their parents.';
