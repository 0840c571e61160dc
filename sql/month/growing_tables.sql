create or replace function pawl.growing_tables()
returns text[]
language sql
immutable
set search_path = pawl, pg_temp
as $$
  select array[
    'tasks', 'events', 'transitions', 'steps', 'attempts', 'plans', 'plan_steps', 'tool_calls',
    'model_calls', 'payloads', 'ledger', 'memories', 'assessments'
  ]
$$;
comment on function pawl.growing_tables() is 'The tables partitioned by month, those that are pointed at first.';
