-- The one way anything is ever deleted: whole months, and only when nothing in them is alive.
create or replace function pawl.drop_month(day date)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_from uuid := pawl.uuid_floor(date_trunc('month', day::timestamp) at time zone 'UTC');
  v_to uuid := pawl.uuid_floor((date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC');
  v_suffix text := to_char(day, '_YYYY_MM');
  v_table text;
begin
  set local lock_timeout = '5s';
  if pawl.uuid_floor(pawl.clock()) between v_from and v_to then
    raise exception using
      errcode = 'PW005',
      message = format('%s is not over', to_char(day, 'YYYY-MM')),
      hint = 'New tasks still go into it.';
  end if;
  if to_regclass('pawl.tasks' || v_suffix) is not null then
    execute format('lock table pawl.%I in exclusive mode', 'tasks' || v_suffix);
  end if;
  if exists (
    select from pawl.tasks as t
    where t.task_id >= v_from
      and t.task_id < v_to
      and t.finished_at is null
  ) then
    raise exception using
      errcode = 'PW005',
      message = format('%s holds tasks that are not finished', to_char(day, 'YYYY-MM')),
      hint = 'select * from pawl.tasks where finished_at is null order by task_id;';
  end if;
  delete from pawl.timers as m where m.task_id >= v_from and m.task_id < v_to;
  delete from pawl.task_keys as k where k.task_id >= v_from and k.task_id < v_to;
  delete from pawl.forks as f where f.task_id >= v_from and f.task_id < v_to;
  delete from pawl.budgets as b where b.task_id >= v_from and b.task_id < v_to;
  delete from pawl.reviews as r where r.task_id >= v_from and r.task_id < v_to;
  delete from pawl.envelopes as e where e.task_id >= v_from and e.task_id < v_to;
  -- The pools outlive their ledger.
  update pawl.budget_pools as p
  set reserved_microusd = p.reserved_microusd - l.reserved,
      dropped_spent_microusd = p.dropped_spent_microusd + l.spent,
      dropped_overrun_microusd = p.dropped_overrun_microusd + l.overrun
  from (
    select d.pool, sum(d.reserved) as reserved, sum(d.spent) as spent, sum(d.overrun) as overrun
    from pawl.ledger as d
    where d.task_id >= v_from
      and d.task_id < v_to
      and d.pool is not null
    group by d.pool
  ) as l
  where p.pool = l.pool;
  for v_table in select n from unnest(pawl.growing_tables()) with ordinality as g (n, o) order by o desc loop
    continue when to_regclass('pawl.' || v_table || v_suffix) is null;
    execute format('alter table pawl.%I detach partition pawl.%I', v_table, v_table || v_suffix);
    execute format('drop table pawl.%I', v_table || v_suffix);
  end loop;
end
$$;
comment on function pawl.drop_month(date) is
  'Drops every partition of the month of this day, and what belongs to its tasks; PW005 while one of them is alive.';
