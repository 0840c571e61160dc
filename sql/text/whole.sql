create or replace function pawl.whole(task_id uuid, body jsonb)
returns jsonb
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select case
    when jsonb_typeof(whole.body) = 'object' and whole.body ? '$payload' then (
      select p.body
      from pawl.payloads as p
      where p.task_id = whole.task_id
        and p.hash = whole.body ->> '$payload'
    )
    else whole.body
  end
$$;
comment on function pawl.whole(uuid, jsonb) is 'A request or answer as it was, also where it is kept in pawl.payloads.';
