-- As Vixie cron reads it: where both day fields are restricted (neither begins with *), either will
-- do.  The 29th of February, on one day of the week, may be 40 years off (2100 has none); what is not
-- within them never is.
create or replace function pawl.cron_next(cron text, after timestamptz)
returns timestamptz
language plpgsql
immutable
set search_path = pawl, pg_temp
as $$
declare
  v_days_max constant integer := 41 * 366;
  v_months constant text[] := array['jan','feb','mar','apr','may','jun','jul','aug','sep','oct','nov','dec'];
  v_weekdays constant text[] := array['sun','mon','tue','wed','thu','fri','sat'];
  v_fields text[] := regexp_split_to_array(btrim(cron, E' \t\r\n'), '\s+');
  v_minute integer[];
  v_hour integer[];
  v_day_of_month integer[];
  v_month integer[];
  v_day_of_week integer[];
  v_from timestamp := date_trunc('minute', after at time zone 'UTC') + interval '1 minute';
  v_day date;
  v_either boolean;
  v_next timestamp;
begin
  if cardinality(v_fields) is distinct from 5 or length(cron) > 500 then
    raise exception using
      errcode = 'PW111',
      message = 'the cron text has not five fields',
      hint = 'minute hour day-of-month month day-of-week, in UTC: 30 6 * * mon-fri';
  end if;
  v_minute := pawl.cron_field(v_fields[1], 'minute', 0, 59);
  v_hour := pawl.cron_field(v_fields[2], 'hour', 0, 23);
  v_day_of_month := pawl.cron_field(v_fields[3], 'day of the month', 1, 31);
  v_month := pawl.cron_field(v_fields[4], 'month', 1, 12, v_months);
  v_day_of_week := array(
    select d % 7 from unnest(pawl.cron_field(v_fields[5], 'day of the week', 0, 7, v_weekdays)) as d
  );
  v_either := not (v_fields[3] like '*%' or v_fields[5] like '*%');
  for n in 0 .. v_days_max loop
    v_day := v_from::date + n;
    continue when extract(month from v_day) <> all (v_month);
    continue when case
      when v_either then extract(day from v_day) <> all (v_day_of_month) and extract(dow from v_day) <> all (v_day_of_week)
      else extract(day from v_day) <> all (v_day_of_month) or extract(dow from v_day) <> all (v_day_of_week)
    end;
    select min(v_day + make_interval(hours => h, mins => m)) into v_next
    from unnest(v_hour) as h, unnest(v_minute) as m
    where v_day + make_interval(hours => h, mins => m) >= v_from;
    if v_next is not null then
      return v_next at time zone 'UTC';
    end if;
  end loop;
  return null;
end
$$;
comment on function pawl.cron_next(text, timestamptz) is
  'The first time after that one at which a cron text (five fields, UTC) is due; null: never; PW111 where it is no cron text.';
