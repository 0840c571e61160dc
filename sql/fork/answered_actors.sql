-- A result that no state took is in no transition: the past told again would still wait for it.
create or replace function pawl.answered_actors(task_id uuid, upto bigint)
returns text[]
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce(array_agg(l.actor_id), '{}')
  from (
    select distinct on (s.actor_id) s.actor_id, s.status, pawl.was_answered(s, upto) as was_answered
    from pawl.steps as s
    where s.task_id = answered_actors.task_id
      and s.kind <> 'action'
      and s.opened_revision <= upto
    order by s.actor_id, s.step_no desc
  ) as l
  where l.status in ('succeeded', 'failed')
    and l.was_answered
$$;
comment on function pawl.answered_actors(uuid, bigint) is
  'The actors of a task whose newest step at that revision had been answered, whether a state took the answer or not.';
