-- A live task without anything that will wake it would wait for ever.  A state that only an
-- outside event leaves is such a thing too: it has a way out on an event the machine takes.
create or replace function pawl.verify_progress()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  with wakened as (
    -- Anybody may enqueue a job of any shape; one that has failed for good wakes nobody.
    select p.task_id
    from graphile_worker._private_jobs as j
    join graphile_worker._private_tasks as k on k.id = j.task_id
    cross join lateral json_array_elements_text(
      case when json_typeof(j.payload) = 'array' then j.payload else '[]' end
    ) as p (task_id)
    where k.identifier like 'advance:%'
      and (j.locked_at is not null or j.attempts < j.max_attempts)
  )
  select 17, t.task_id, format('%s at %s, and nothing will wake it', t.status, t.state)
  from pawl.tasks as t
  where t.finished_at is null
    and t.status <> 'paused'
    and not exists (select from wakened as w where w.task_id = t.task_id::text)
    and not exists (select from pawl.timers as m where m.task_id = t.task_id and isfinite(m.fire_at))
    and not exists (select from pawl.limit_queue as q where q.task_id = t.task_id)
    and not exists (
      select from pawl.limit_slots as h
      where h.task_id = t.task_id
        and h.attempt is null
        and h.taken_at > pawl.clock() - interval '30 seconds'
    )
    and not exists (select from pawl.reviews as r where r.task_id = t.task_id and r.status = 'waiting')
    and not exists (
      select from pawl.steps as s
      where s.task_id = t.task_id
        and s.status = 'open'
        and (s.kind = 'child' or exists (
          select from pawl.attempts as a
          where a.task_id = s.task_id and a.step_no = s.step_no and a.finished_at is null
        ))
    )
    and not (t.status = 'ready' and t.woken_at > pawl.clock() - interval '30 seconds')
    and not (t.status = 'waiting' and exists (
      select from pawl.machine_edges as e
      where e.machine_id = t.machine_id
        and e.from_state = t.state
        and e.kind = 'machine'
        and e.event !~ '^(xstate|pawl|review|budget)\.'
    ))
$$;
comment on function pawl.verify_progress() is 'private: law 17, that every live task has something that will wake it.';
