-- Who was paused, or held by somebody, at the very moment in which its parent let it go; and who
-- rests with one above it that was let go, and rests no longer.
create or replace function pawl.wake_let_go(task_ids uuid[], patience interval)
returns bigint
language sql
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
  with resting as materialized (
    select t.task_id
    from pawl.tasks as t
    where t.task_id = any (wake_let_go.task_ids)
      and t.task_id between wake_let_go.task_ids[1]
        and wake_let_go.task_ids[cardinality(wake_let_go.task_ids)]
      and t.status = 'paused'
      and t.parent_task_id is not null
      and (exists (
        select from pawl.events as e
        where e.task_id = t.task_id
          and e.type = 'pawl.cancel'
          and e.sent_by = t.parent_task_id::text
          and e.consumed_revision is null
          and e.created_at < pawl.clock() - wake_let_go.patience
      ) or exists (
        select from pawl.tasks as p
        where p.task_id = pawl.paused_with(t.task_id)
          and p.task_id <> t.task_id
          and p.status <> 'paused'
      ))
  )
  select count(*) filter (where pawl.go_on_let_go(r.task_id))
  from resting as r
$$;
comment on function pawl.wake_let_go(uuid[], interval) is
  'private: lets those of these tasks (in the order of their ids) go on that rest although their parent let them go longer ago than patience.';
