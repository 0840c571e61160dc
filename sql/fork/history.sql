-- The causes of a task's moves, in order, each as its machine saw it, and of timers which one fired; of
-- a fork, first those of the task it was forked from.  A timer whose event no state took is over, too.
create or replace function pawl.history(task_id uuid, upto bigint)
returns table (
  revision    bigint,
  event       text,
  cause       text,
  from_state  text,
  to_state    text,
  machine_id  bigint,
  payload     jsonb,
  timer_id    text,
  unheard     text[]
)
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_task pawl.tasks;
  v_forked bigint;
begin
  select t.* into v_task from pawl.tasks as t where t.task_id = history.task_id;
  select t.revision into v_forked
  from pawl.transitions as t
  where t.task_id = history.task_id
    and t.event = 'pawl.forked';
  if found then
    return query
    select h.* from pawl.history(v_task.forked_from_task_id, v_task.forked_from_revision) as h;
  end if;
  return query
  with unheard as materialized (
    select d.consumed_revision as revision, array_agg(d.timer_id) as timer_ids
    from pawl.events as d
    where d.task_id = history.task_id
      and d.timer_id is not null
      and not exists (
        select from pawl.transitions as m
        where m.task_id = history.task_id
          and m.revision = d.consumed_revision
          and m.cause_no = d.event_no
          and m.cause = 'timer'
      )
    group by d.consumed_revision
  )
  select
    t.revision, t.event, t.cause, t.from_state, t.to_state, t.machine_id,
    case
      when t.cause <> 'step' then e.payload
      when t.event like 'xstate.error.%' then jsonb_build_object('type', t.event, 'error', s.error)
      else jsonb_build_object('type', t.event, 'output', s.output)
    end,
    e.timer_id, u.timer_ids
  from pawl.transitions as t
  left join pawl.steps as s
    on s.task_id = history.task_id
    and s.step_no = t.cause_no
    and t.cause = 'step'
  left join pawl.events as e
    on e.task_id = history.task_id
    and e.event_no = t.cause_no
    and t.cause not in ('step', 'start')
  left join unheard as u on u.revision = t.revision
  where t.task_id = history.task_id
    and t.revision between coalesce(v_forked, 0) + 1 and history.upto
  order by t.revision;
end
$$;
comment on function pawl.history(uuid, bigint) is
  'What moved a task up to a revision, as its machine saw it: from which its state can be told again.';
