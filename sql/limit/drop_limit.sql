create or replace function pawl.drop_limit(machine text, label text, value text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_limit_id bigint;
begin
  delete from pawl.limits as l
  where l.machine = drop_limit.machine
    and l.label is not distinct from drop_limit.label
    and l.value is not distinct from drop_limit.value
  returning limit_id into v_limit_id;
  perform pawl.enqueue(array(
    select q.task_id from pawl.limit_queue as q where q.limit_id = v_limit_id
    union
    select s.task_id from pawl.limit_slots as s where s.limit_id = v_limit_id and s.attempt is null
  ));
  delete from pawl.limit_queue as q where q.limit_id = v_limit_id;
  delete from pawl.limit_slots as s where s.limit_id = v_limit_id;
end
$$;
comment on function pawl.drop_limit(text, text, text) is
  'private: takes a limit away and wakes those that waited for it.';
