-- A result is never lost: a deferred item closes its step too, and leaves a wake-up so that
-- somebody delivers it.
create or replace function pawl.close_steps(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(select i.task_id from unnest(close_steps.items) as i);
begin
  with closing as (
    select
      i.task_id, (i.step ->> 'step_no')::integer as step_no,
      (i.step ->> 'attempt')::integer as attempt, i.step ->> 'status' as status,
      i.step -> 'output' as output, coalesce((i.step ->> 'cleaned')::boolean, false) as cleaned, nullif(i.step -> 'error', 'null') as error,
      case when i.answer = 'accepted' then i.revision + (i.transition is not null)::integer end as delivered
    from unnest(close_steps.items) as i
    where i.step is not null
      and i.answer in ('accepted', 'deferred')
  ),
  ended as (
    update pawl.attempts as a
    set outcome = c.status,
        error = c.error,
        finished_at = pawl.clock()
    from closing as c
    where a.task_id = c.task_id
      and a.task_id = any (v_task_ids)
      and a.step_no = c.step_no
      and a.attempt = c.attempt
  )
  update pawl.steps as s
  set status = c.status,
      output = c.output,
      error = c.error,
      cleaned = c.cleaned,
      wake_at = null,
      waits_for = null,
      delivered_revision = c.delivered,
      closed_at = pawl.clock()
  from closing as c
  where s.task_id = c.task_id
    and s.task_id = any (v_task_ids)
    and s.step_no = c.step_no;
  if exists (
    select from unnest(close_steps.items) as i where i.answer = 'deferred' and i.step is not null
  ) then
    perform pawl.wake_tasks(array(
      select i.task_id from unnest(close_steps.items) as i where i.answer = 'deferred' and i.step is not null
    ));
  end if;
end
$$;
comment on function pawl.close_steps(pawl.commit_item[]) is 'private: closes the steps whose results arrived.';
