create or replace function pawl.engine_edge(task pawl.tasks, event text)
returns integer
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_edge_no integer;
begin
  select e.edge_no into v_edge_no
  from pawl.machine_edges as e
  where e.machine_id = task.machine_id
    and e.from_state = task.state
    and e.event = engine_edge.event
    and e.kind = 'engine';
  if not found then
    raise exception using
      errcode = 'PW003',
      message = format('%s is not an edge of this chart from %s', engine_edge.event, task.state),
      hint = '`pawl register --app FILE` gives a machine registered by an older release its newer moves.';
  end if;
  return v_edge_no;
end
$$;
comment on function pawl.engine_edge(pawl.tasks, text) is
  'private: the number of the engine''s own move from where this task stands; PW003 where its chart has none.';
