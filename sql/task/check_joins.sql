-- Each diary entry begins where the one before it ended.  That it is an edge of the chart is the
-- foreign key's work, but for a session that applies another's log: there foreign keys sleep.
-- Each row is looked up by its own key (`lateral … offset 0` says so to the planner, whatever its
-- statistics say); the range of ids is what lets the partitions be pruned.
create or replace function pawl.check_joins()
returns trigger
language plpgsql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_task_ids uuid[] := array(select a.task_id from added as a order by a.task_id);
  v_first uuid := v_task_ids[1];
  v_last uuid := v_task_ids[cardinality(v_task_ids)];
  v_loose record;
begin
  select a.task_id, a.revision into v_loose
  from added as a
  left join lateral (
    select e.to_state
    from pawl.transitions as e
    where e.task_id = a.task_id
      and e.task_id between v_first and v_last
      and e.revision = a.revision - 1
    offset 0
  ) as p on a.revision > 0
  left join lateral (
    select m.machine_id, m.finished_at
    from pawl.tasks as m
    where m.task_id = a.task_id
      and m.task_id between v_first and v_last
    offset 0
  ) as t on true
  where a.from_state is distinct from (case when a.revision = 0 then '(new)' else p.to_state end)
    or a.machine_id is distinct from t.machine_id
    or (a.revision > 0 and t.finished_at is not null and a.event <> 'pawl.retried')
  limit 1;
  if not found and current_setting('session_replication_role') = 'replica' then
    select a.task_id, a.revision into v_loose
    from added as a
    where not exists (
      select from pawl.machine_edges as e
      where e.machine_id = a.machine_id
        and e.edge_no = a.edge_no
        and e.from_state = a.from_state
        and e.to_state = a.to_state
    )
    limit 1;
  end if;
  if found then
    raise exception using
      errcode = 'PW003',
      message = format('transition %s of task %s does not join the one before it',
        v_loose.revision, v_loose.task_id),
      hint = 'The diary is written by pawl.commit only.';
  end if;
  return null;
end
$$;
comment on function pawl.check_joins() is
  'Trigger: refuses a transition that does not begin where its predecessor ended, with PW003.';

create or replace trigger check_joins
after insert on pawl.transitions
referencing new table as added
for each statement execute function pawl.check_joins();
alter table pawl.transitions enable always trigger check_joins;
