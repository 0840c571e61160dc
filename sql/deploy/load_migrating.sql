-- What deploy needs to move tasks to another version, a page at a time: where they stand, what runs
-- for them and what waits.  A timer that fired, and whose event waits, is let go as one that did not.
create or replace function pawl.load_migrating(machine_id bigint, after uuid, page_max integer)
returns table (
  task_id       uuid,
  machine_id    bigint,
  state         text,
  status        text,
  revision      bigint,
  snapshot      jsonb,
  steps         jsonb,
  timers        jsonb,
  misfit        text,
  next_step_no  integer
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  with page as materialized (
    select t.*, g.input_schema
    from pawl.machines as g
    join pawl.tasks as t on t.machine = g.machine
    where g.machine_id = load_migrating.machine_id
      and t.machine_id <> g.machine_id
      and t.finished_at is null
      and t.task_id > load_migrating.after
    order by t.task_id
    limit load_migrating.page_max
  ),
  ids as materialized (
    select array_agg(p.task_id) as all_ids from page as p
  )
  select
    p.task_id, p.machine_id, p.state, p.status, p.revision, p.snapshot,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'step_no', s.step_no, 'kind', s.kind, 'actor_id', s.actor_id, 'src', s.src,
        'status', s.status
      ) order by s.step_no)
      from pawl.steps as s
      where s.task_id = p.task_id
        and s.task_id = any ((select i.all_ids from ids as i)::uuid[])
        and s.delivered_revision is null
        and s.status <> 'stopped'
    ), '[]'),
    coalesce((
      select jsonb_agg(w.timer_id)
      from (
        select m.timer_id
        from pawl.timers as m
        where m.task_id = p.task_id
          and m.kind = 'event'
        union
        select e.timer_id
        from pawl.events as e
        where e.task_id = p.task_id
          and e.task_id = any ((select i.all_ids from ids as i)::uuid[])
          and e.consumed_revision is null
          and e.timer_id is not null
      ) as w
    ), '[]'),
    case when p.state = '(new)' then pawl.json_schema_violation(p.input_schema, p.input) ->> 'path' end,
    coalesce(p.steps_opened, 0) + 1
  from page as p
  order by p.task_id
$$;
comment on function pawl.load_migrating(bigint, uuid, integer) is
  'private: live tasks of other versions of this machine, after that one, as pawl deploy moves them.';
