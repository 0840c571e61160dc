-- The one door.  Every change of a task's state goes through here, as a batch of items, each for
-- another task.  Foreseen faults are answered item by item, before anything is written; an
-- unforeseen error fails the whole call, and the worker halves the batch until the culprit stands
-- alone.  Answers: accepted, deferred, fenced, busy, illegal.
create or replace function pawl.commit(items jsonb)
returns table (item_no integer, answer text)
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_items pawl.commit_item[] := pawl.judge_items(commit.items);
begin
  perform pawl.close_steps(v_items);
  perform pawl.write_transitions(v_items);
  perform pawl.write_attachments(v_items);
  perform pawl.write_tasks(v_items);
  perform pawl.stop_steps(v_items);
  perform pawl.open_steps(v_items);
  perform pawl.write_timers(v_items);
  perform pawl.wake_inboxes(v_items);
  return query
  select i.item_no, i.answer
  from unnest(v_items) as i;
end
$$;
comment on function pawl.commit(jsonb) is
  'Writes a batch of moves: close a step, take a transition, open the next steps. One answer per item.';
