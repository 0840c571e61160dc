create or replace function pawl.write_transitions(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
begin
  insert into pawl.transitions (
    task_id, revision, cause, cause_no, event, machine_id, edge_no, from_state, to_state,
    commit_id, worker_id, created_at, emitted
  )
  select
    i.task_id, i.revision + 1, i.transition ->> 'cause', (i.transition ->> 'cause_no')::bigint,
    i.transition ->> 'event', i.machine_id, (i.transition ->> 'edge_no')::integer, i.from_state,
    i.transition ->> 'to_state', i.commit_id, i.worker_id, pawl.clock(),
    i.beyond -> 'emitted'
  from unnest(write_transitions.items) as i
  where i.answer = 'accepted'
    and i.transition is not null;
end
$$;
comment on function pawl.write_transitions(pawl.commit_item[]) is 'private: writes the diary.';
