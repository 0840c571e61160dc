-- A step begun in the same breath keeps its worker from looking into the inbox, and the wake-up of
-- an event that came before its state has come to nothing: somebody must look now.
create or replace function pawl.wake_inboxes(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task_ids uuid[] := array(
    select i.task_id
    from unnest(wake_inboxes.items) as i
    where i.answer = 'accepted'
      and i.open_steps @> '[{"claimed": true}]'
  );
begin
  v_task_ids := array(
    select distinct e.task_id
    from pawl.events as e
    where e.task_id = any (v_task_ids)
      and e.consumed_revision is null
  );
  if cardinality(v_task_ids) > 0 then
    perform pawl.enqueue(v_task_ids);
  end if;
end
$$;
comment on function pawl.wake_inboxes(pawl.commit_item[]) is
  'private: wakes tasks that have begun a step while events wait.';
