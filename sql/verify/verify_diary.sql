create or replace function pawl.verify_diary()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  with walked as (
    select
      t.task_id, t.revision, t.from_state, t.to_state, t.machine_id, t.edge_no,
      lag(t.revision) over w as previous_revision, lag(t.to_state) over w as previous_state,
      lag(t.machine_id) over w as previous_machine_id
    from pawl.transitions as t
    window w as (partition by t.task_id order by t.revision)
  )
  select 2, w.task_id, format('revision %s follows %s', w.revision, w.previous_revision)
  from walked as w
  where w.revision <> coalesce(w.previous_revision + 1, 0)
  union all
  select 2, w.task_id, format('revision %s begins at %s, the one before ended at %s', w.revision, w.from_state, w.previous_state)
  from walked as w
  where w.from_state <> coalesce(w.previous_state, '(new)')
  union all
  select 3, w.task_id, format('revision %s is no edge of its machine version', w.revision)
  from walked as w
  left join pawl.machine_edges as e
    on e.machine_id = w.machine_id
    and e.edge_no = w.edge_no
    and e.from_state = w.from_state
    and e.to_state = w.to_state
  where e.edge_no is null
    or w.machine_id <> w.previous_machine_id and e.event <> 'pawl.migrated'
  union all
  select 4, t.task_id, format('the task is at %s, revision %s; its diary is not', t.state, t.revision)
  from pawl.tasks as t
  left join lateral (
    select n.revision, n.to_state, n.machine_id
    from pawl.transitions as n
    where n.task_id = t.task_id
    order by n.revision desc
    limit 1
  ) as n on true
  where n.revision is distinct from t.revision
    or n.to_state is distinct from t.state
    or n.machine_id is distinct from t.machine_id
  union all
  select 5, w.task_id, format('revision %s leaves the final state %s', w.revision, w.from_state)
  from walked as w
  join pawl.machine_states as s
    on s.machine_id = coalesce(w.previous_machine_id, w.machine_id)
    and s.state = w.from_state
  where s.final
  union all
  select 5, t.task_id, format('the task is %s at %s', t.status, t.state)
  from pawl.tasks as t
  join pawl.machine_states as s on s.machine_id = t.machine_id and s.state = t.state
  where s.final and t.status <> s.outcome
    or not s.final and t.status = 'succeeded'
$$;
comment on function pawl.verify_diary() is 'private: laws 2 to 5, of transitions and where tasks stand.';
