create or replace function pawl.limits_of(task pawl.tasks)
returns table (limit_id bigint, value text, in_hand_max integer)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select l.limit_id, coalesce(left(task.labels ->> l.label, 200), ''), l.in_hand_max
  from pawl.limits as l
  where l.machine = task.machine
    and (l.label is null or (task.labels ? l.label and (l.value is null or l.value = task.labels ->> l.label)))
  order by l.limit_id
$$;
comment on function pawl.limits_of(pawl.tasks) is
  'private: the limits that a task''s steps come under, and whose slots they take there.';
