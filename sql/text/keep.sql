-- Long texts are stored once for a task, however many rows mention them.
create or replace function pawl.keep(task_id uuid, body jsonb)
returns jsonb
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_inline_max constant integer := 4096;
  v_hash text;
begin
  if body is null or octet_length(body::text) <= v_inline_max then
    return body;
  end if;
  v_hash := pawl.json_hash(body);
  insert into pawl.payloads (task_id, hash, body)
  values (keep.task_id, v_hash, keep.body)
  on conflict do nothing;
  return jsonb_build_object('$payload', v_hash);
end
$$;
comment on function pawl.keep(uuid, jsonb) is
  'private: the body itself when it is short, else {"$payload": hash} and the body in pawl.payloads.';
