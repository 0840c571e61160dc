-- "Did you mean …": the candidates nearest to a name, best first.  Capitals do not count, and a
-- name may be wrong in about a third of its letters; beyond that a hint would mislead.
create or replace function pawl.nearest_names(
  name text,
  candidates text[],
  at_most integer default 3
)
returns text[]
language sql
immutable
parallel safe
set search_path = pawl, pg_temp
as $$
  with measured as (
    select candidate,
      pawl.edit_distance(
        lower(left(nearest_names.name, 64)),
        lower(left(candidate, 64)),
        1 + length(left(nearest_names.name, 64)) / 3
      ) as distance
    from (select distinct unnest(candidates) as candidate) as names
  ),
  nearest as (
    select candidate, distance
    from measured
    where distance is not null
    order by distance, candidate
    limit at_most
  )
  select coalesce(array_agg(candidate order by distance, candidate), '{}')
  from nearest
$$;

comment on function pawl.nearest_names(text, text[], integer) is
  'The candidates whose names are nearest by edit distance, best first; empty when none is near.';
