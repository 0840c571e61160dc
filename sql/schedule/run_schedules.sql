-- Each run is a task whose key names the time it was meant for, so it is there once, whoever is at
-- it.  However many runs were missed, one makes up for them.  What the database refuses is told
-- in the schedule's row, and keeps no other schedule from running.
create or replace function pawl.run_schedules()
returns bigint
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_runs_max constant integer := 50;
  v_runs bigint := 0;
  v_due pawl.schedules;
  v_task_id uuid;
  v_error text;
begin
  for v_due in
    select s.* from pawl.schedules as s
    where s.next_at <= pawl.clock()
    order by s.next_at, s.schedule
    limit v_runs_max
    for no key update skip locked
  loop
    begin
      v_error := null;
      v_task_id := pawl.submit_task(
        machine => v_due.machine,
        input => v_due.input,
        key => format('schedule:%s:%s', v_due.schedule, to_char(v_due.next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')),
        priority => v_due.priority,
        labels => v_due.labels,
        budget => v_due.budget
      );
      update pawl.tasks as t
      set submitted_by = v_due.set_by
      where t.task_id = v_task_id;
      v_runs := v_runs + 1;
    exception
      when transaction_rollback then raise;
      when others then
        v_task_id := null;
        v_error := sqlstate || ' ' || sqlerrm;
    end;
    update pawl.schedules as s
    set next_at = pawl.cron_next(s.cron, pawl.clock()),
        last_at = v_due.next_at,
        last_task_id = v_task_id,
        last_error = v_error
    where s.schedule = v_due.schedule;
  end loop;
  return v_runs;
end
$$;
comment on function pawl.run_schedules() is
  'private: submits the tasks of the schedules that are due; returns how many.';
