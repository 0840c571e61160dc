create or replace function pawl.leave_unclaimed(items pawl.commit_item[], item_nos integer[])
returns pawl.commit_item[]
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select array(
    select case
      when i.item_no = any (leave_unclaimed.item_nos) and i.open_steps is not null
      then jsonb_populate_record(i, jsonb_build_object('open_steps', (
        select jsonb_agg(o || '{"claimed": false}') from jsonb_array_elements(i.open_steps) as o
      )))
      else i
    end
    from unnest(leave_unclaimed.items) as i
  )
$$;
comment on function pawl.leave_unclaimed(pawl.commit_item[], integer[]) is
  'private: has these items open their steps without beginning any.';
