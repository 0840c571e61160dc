-- What ended with its task, by an error or a cancellation, was open when that came.
create or replace function pawl.was_answered(step pawl.steps, upto bigint)
returns boolean
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select step.delivered_revision <= upto
    and not exists (
      select from pawl.transitions as e
      where e.task_id = step.task_id
        and e.revision = step.delivered_revision
        and e.event in ('pawl.stopped', 'pawl.cancelled')
    )
$$;
comment on function pawl.was_answered(pawl.steps, bigint) is
  'private: whether a step was over when its task was at that revision, for its machine too.';
