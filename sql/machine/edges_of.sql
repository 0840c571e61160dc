create or replace function pawl.edges_of(machine_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'edge_no', e.edge_no,
    'from_state', e.from_state,
    'event', e.event,
    'to_state', e.to_state,
    'kind', e.kind
  ) order by e.edge_no), '[]')
  from pawl.machine_edges as e
  where e.machine_id = edges_of.machine_id
$$;
comment on function pawl.edges_of(bigint) is 'private: a machine version''s edges as JSON, under the numbers they have here.';
