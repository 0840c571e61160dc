-- A worker that goes on with a step sees nothing else of its task meanwhile: neither the other
-- steps opened with it, nor an event that came before its state and was left in the inbox (its own
-- wake-up has come to nothing by then).  Somebody must look now.  (Older steps and results that wait
-- the worker had before its eyes when it chose this one: it wakes others for them itself, and here
-- nobody pays for looking.)
create or replace function pawl.wake_others(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_going_on uuid[] := array(
    select i.task_id
    from unnest(wake_others.items) as i
    where i.answer = 'accepted'
      and i.open_steps @> '[{"claimed": true}]'
    order by i.task_id
  );
  v_first uuid := v_going_on[1];
  v_last uuid := v_going_on[cardinality(v_going_on)];
  v_to_wake uuid[];
begin
  v_to_wake := array(
    select g.task_id
    from unnest(v_going_on) as g (task_id)
    cross join lateral (
      select e.event_no
      from pawl.events as e
      where e.task_id = g.task_id
        and e.task_id between v_first and v_last
        and e.consumed_revision is null
      limit 1
    ) as waiting
    union
    select i.task_id
    from unnest(wake_others.items) as i
    where i.answer = 'accepted'
      and i.open_steps @> '[{"claimed": true}, {"claimed": false}]'
  );
  if cardinality(v_to_wake) > 0 then
    perform pawl.enqueue(v_to_wake);
  end if;
end
$$;
comment on function pawl.wake_others(pawl.commit_item[]) is
  'private: wakes tasks that have begun a step while events or other steps wait.';
