-- A step that was open is opened anew, and runs from the top.  What it had been answered by the
-- moment of the fork it is given by position, also what came after that revision was left: it is the
-- same step, and asks the same.
create or replace function pawl.carry_answers(task_id uuid)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_fork pawl.forks;
  v_from integer[];
  v_to integer[];
begin
  select f.* into v_fork from pawl.forks as f where f.task_id = carry_answers.task_id;
  select array_agg(o.step_no), array_agg(s.step_no) into v_from, v_to
  from pawl.steps as s
  cross join lateral (
    select f.*
    from pawl.steps as f
    where f.task_id = v_fork.from_task_id
      and f.actor_id = s.actor_id
      and f.kind = 'actor'
      and f.opened_revision <= v_fork.from_revision
    order by f.step_no desc
    limit 1
  ) as o
  where s.task_id = carry_answers.task_id
    and s.status = 'open'
    and s.kind = 'actor'
    and s.src = o.src
    and s.input is not distinct from o.input;
  perform pawl.carry_calls(v_fork.from_task_id, v_fork.task_id, v_from, v_to, v_fork.created_at);
end
$$;
comment on function pawl.carry_answers(uuid) is
  'private: gives the steps that a fork opens anew the answers that the old task''s had.';
