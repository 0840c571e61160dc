-- " of 3 to 10 characters", " of at least 1 item", or nothing where there is no limit.
create or replace function pawl.json_range_described(fewest jsonb, most jsonb, noun text)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
  return case
    when fewest is null and most is null then ''
    when fewest = most then ' of exactly ' || pawl.json_counted(fewest::numeric, noun)
    when most is null then ' of at least ' || pawl.json_counted(fewest::numeric, noun)
    when fewest is null then ' of at most ' || pawl.json_counted(most::numeric, noun)
    else format(' of %s to %s', fewest, pawl.json_counted(most::numeric, noun))
  end;
end
$$;

comment on function pawl.json_range_described(jsonb, jsonb, text) is
  'Words for a number of characters, items or properties between two limits.';
