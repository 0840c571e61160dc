create or replace function pawl.due_in_ms(at_most integer)
returns integer
language sql
stable
security definer
set search_path = pawl, pg_temp
set enable_seqscan = off
as $$
  select case
    when d.at is null then due_in_ms.at_most
    else greatest(0, ceil(extract(epoch from d.at - pawl.clock()) * 1000))::integer
  end
  from (
    select least(
      (
        select min(m.fire_at)
        from pawl.timers as m
        where m.fire_at <= pawl.clock() + at_most * interval '1 millisecond'
      ),
      (
        select min(s.next_at)
        from pawl.schedules as s
        where s.next_at <= pawl.clock() + at_most * interval '1 millisecond'
      )
    ) as at
  ) as d
$$;
comment on function pawl.due_in_ms(integer) is
  'private: milliseconds until the next thing is due, at most so many.';
