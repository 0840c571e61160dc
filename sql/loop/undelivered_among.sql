-- Its task may be ready meanwhile: another step of it is in hand, perhaps for hours.
create or replace function pawl.undelivered_among(task_ids uuid[], before timestamptz)
returns uuid[]
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select array(
    select distinct t.task_id
    from pawl.steps as s
    join pawl.tasks as t on t.task_id = s.task_id and t.task_id = any (undelivered_among.task_ids)
    where s.task_id = any (undelivered_among.task_ids)
      and s.delivered_revision is null
      and s.status in ('succeeded', 'failed')
      and s.kind <> 'action'
      and s.closed_at < undelivered_among.before
      and t.finished_at is null
      and t.status in ('ready', 'waiting', 'review')
      and t.woken_at < undelivered_among.before
  )
$$;
comment on function pawl.undelivered_among(uuid[], timestamptz) is
  'private: those of these tasks to which nobody delivered a result that has been there since before.';
