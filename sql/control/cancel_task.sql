-- Where the present state takes pawl.cancel, the machine cleans up and ends by itself, as soon as
-- somebody serves its version: nobody does so for a moment at each restart.  Else the task ends here
-- and now, whoever has it in hand: its worker is told within the second.  Asked twice, it does
-- nothing more, unless it was retried meanwhile.  A paused task goes on, for only then can it clean
-- up.
create or replace function pawl.cancel_task(
  task_id  uuid,
  reason   text default null,
  at_once  boolean default false
)
returns text
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_task pawl.tasks := pawl.task_to_control(task_id);
begin
  if v_task.status = 'cancelled' then
    return 'cancelled';
  end if;
  perform pawl.refuse_finished(v_task);
  if at_once then
    perform pawl.end_cancelled(v_task, reason);
    return 'cancelled';
  end if;
  if v_task.status = 'paused' then
    perform pawl.resume_task(task_id, reason);
  end if;
  if pawl.is_told_to_end(v_task) then
    return 'cancelling';
  end if;
  if pawl.takes_cancel(v_task) then
    update pawl.tasks as t
    set status = 'ready',
        woken_at = pawl.clock()
    where t.task_id = cancel_task.task_id;
    perform pawl.put_event(cancel_task.task_id, 'engine', jsonb_strip_nulls(
      jsonb_build_object('type', 'pawl.cancel', 'reason', reason)
    ));
    return 'cancelling';
  end if;
  perform pawl.end_cancelled(v_task, reason);
  return 'cancelled';
end
$$;
comment on function pawl.cancel_task(uuid, text, boolean) is
  'Ends a task. Answers cancelling (its machine takes pawl.cancel and cleans up first) or cancelled; at_once: without cleaning up. PW205 where it is over.';
