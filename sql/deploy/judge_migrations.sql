-- As pawl.judge_items for pawl.commit: parse, lock, answer.  An attempt in hand is no hindrance: its
-- worker finds the revision moved, and its result waits for the new version.
create or replace function pawl.judge_migrations(machine_id bigint, items jsonb)
returns pawl.commit_item[]
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_items pawl.commit_item[] := array(
    select i from jsonb_populate_recordset(null::pawl.commit_item, items) as i
  );
  v_task_ids uuid[] := array(select i.task_id from unnest(v_items) as i order by i.task_id);
  v_locked uuid[] := pawl.lock_tasks(v_task_ids);
  v_judged pawl.commit_item[];
begin
  v_judged := array(
    select jsonb_populate_record(i, jsonb_build_object(
      'answer', case
        when i.task_id <> all (v_locked) then 'busy'
        when t.finished_at is not null or t.machine_id = judge_migrations.machine_id then 'fenced'
        when t.revision <> i.revision or t.state <> i.from_state then 'deferred'
        else 'accepted'
      end,
      'machine_id', judge_migrations.machine_id,
      'status', case when t.status = 'paused' then 'paused' else i.status end,
      'transition', jsonb_build_object(
        'cause', 'engine',
        'event', 'pawl.migrated',
        'edge_no', e.edge_no,
        'to_state', i.state
      )
    ))
    from unnest(v_items) as i
    join pawl.tasks as t on t.task_id = i.task_id and t.task_id = any (v_task_ids)
    join pawl.machine_edges as e
      on e.machine_id = judge_migrations.machine_id
      and e.from_state = i.from_state
      and e.to_state = i.state
      and e.event = 'pawl.migrated'
  );
  return v_judged;
end
$$;
comment on function pawl.judge_migrations(bigint, jsonb) is
  'private: parses, locks and answers the items of pawl.migrate_tasks.';
