create or replace function pawl.misfit_tasks(machine text, definition_hash text, input_schema jsonb)
returns table (version integer, tasks bigint, path text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select m.version, count(*), min(v.violation ->> 'path')
  from pawl.tasks as t
  join pawl.machines as m using (machine_id)
  cross join lateral (
    select pawl.json_schema_violation(misfit_tasks.input_schema, t.input) as violation
    offset 0
  ) as v
  where t.finished_at is null
    and t.state = '(new)'
    and t.machine = misfit_tasks.machine
    and m.definition_hash <> misfit_tasks.definition_hash
    and v.violation is not null
  group by m.version
$$;
comment on function pawl.misfit_tasks(text, text, jsonb) is
  'private: tasks of other versions that have not begun and whose input a new version would not take.';
