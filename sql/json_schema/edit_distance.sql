-- How many letters to add, drop or change to make one name of another (Levenshtein), row by
-- row; null as soon as it cannot be at_most any more.
create or replace function pawl.edit_distance(one text, other text, at_most integer)
returns integer
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_letters constant text[] := string_to_array(other, null);
  v_width constant integer := length(other);
  v_above integer[] := array(select generate_series(0, v_width));
  v_row integer[];
  v_letter text;
  v_cost integer;
begin
  if abs(length(one) - v_width) > at_most then
    return null;
  end if;

  -- Array subscripts begin at 1, so the cell for the first n letters is at n + 1.
  for v_no in 1 .. length(one) loop
    v_letter := substr(one, v_no, 1);
    v_row := array[v_no];
    for v_at in 1 .. v_width loop
      v_cost := case when v_letters[v_at] = v_letter then 0 else 1 end;
      v_row[v_at + 1] := least(v_above[v_at + 1] + 1, v_row[v_at] + 1, v_above[v_at] + v_cost);
    end loop;
    if at_most < all (v_row) then
      return null;
    end if;
    v_above := v_row;
  end loop;

  return nullif(v_above[v_width + 1], greatest(v_above[v_width + 1], at_most + 1));
end
$$;

comment on function pawl.edit_distance(text, text, integer) is
  'Levenshtein distance of two names, or null when it is more than at_most.';
