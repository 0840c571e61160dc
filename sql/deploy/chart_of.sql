create or replace function pawl.chart_of(machine_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select jsonb_build_object(
    'machine', m.machine,
    'version', m.version,
    'planned', m.planned,
    'definition', m.definition,
    'states', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'state', s.state,
        'final', s.final,
        'outcome', s.outcome,
        'tags', s.tags,
        'invokes', s.invokes
      ) order by s.state), '[]')
      from pawl.machine_states as s
      where s.machine_id = m.machine_id
        and not s.former
    ),
    'edges', pawl.edges_of(m.machine_id)
  )
  from pawl.machines as m
  where m.machine_id = chart_of.machine_id
$$;
comment on function pawl.chart_of(bigint) is
  'A machine version as it was registered: its definition, its states and its edges.';
