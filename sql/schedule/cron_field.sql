create or replace function pawl.cron_field(
  field    text,
  what     text,
  lowest   integer,
  highest  integer,
  names    text[] default '{}'
)
returns integer[]
language plpgsql
immutable
set search_path = pawl, pg_temp
as $$
declare
  v_part text;
  v_parsed text[];
  v_ends integer[];
  v_every integer;
  v_values integer[] := '{}';
begin
  foreach v_part in array string_to_array(lower(field), ',') loop
    v_parsed := regexp_match(v_part, '^(?:(\*)|([a-z]+|\d{1,4})(?:-([a-z]+|\d{1,4}))?)(?:/(\d{1,4}))?$');
    v_ends := array(
      select case
        when e ~ '^\d' then e::integer
        else array_position(names, e) - 1 + lowest
      end
      from unnest(v_parsed[2:3]) with ordinality as p (e, n)
      where e is not null
      order by n
    );
    if v_parsed[1] is not null then
      v_ends := array[lowest, highest];
    end if;
    v_every := coalesce(v_parsed[4]::integer, 1);
    if v_parsed is null
      or array_position(v_ends, null) is not null
      or v_ends[1] < lowest
      or v_ends[cardinality(v_ends)] not between v_ends[1] and highest
      or v_every < 1
      or (v_parsed[4] is not null and cardinality(v_ends) = 1)
    then
      raise exception using
        errcode = 'PW111',
        message = format('the %s %L of the cron text is none', what, left(field, 80)),
        hint = format('%s to %s, lists (1,15), ranges (1-5), steps (*/10, 8-18/2)%s.', lowest, highest,
          case when cardinality(names) > 0 then format(', names (%s)', array_to_string(names, ' ')) else '' end);
    end if;
    v_values := v_values || array(select generate_series(v_ends[1], v_ends[cardinality(v_ends)], v_every));
  end loop;
  return v_values;
end
$$;
comment on function pawl.cron_field(text, text, integer, integer, text[]) is
  'private: the numbers that one field of a cron text stands for; PW111 where it is none.';
