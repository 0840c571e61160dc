-- Its task may be ready meanwhile: another step of it is in hand, perhaps for hours.
create or replace function pawl.undelivered_among(task_ids uuid[], before timestamptz)
returns uuid[]
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ids uuid[] := array(select i from unnest(undelivered_among.task_ids) as i order by i);
  v_first uuid := v_ids[1];
  v_last uuid := v_ids[cardinality(v_ids)];
begin
  return array(
    select distinct t.task_id
    from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.task_id and t.task_id between v_first and v_last
    where s.task_id = any (v_ids)
      and s.task_id between v_first and v_last
      and s.delivered_revision is null
      and s.status in ('succeeded', 'failed')
      and s.kind <> 'action'
      and s.closed_at < undelivered_among.before
      and t.finished_at is null
      and t.status in ('ready', 'waiting', 'review')
      and t.woken_at < undelivered_among.before
  );
end
$$;
comment on function pawl.undelivered_among(uuid[], timestamptz) is
  'private: those of these tasks to which nobody delivered a result that has been there since before.';
