-- Which alternative was meant?  The one of the value's kind whose tags (properties with a
-- const or an enum, such as a discriminator) match.  If none matches, the tag itself is wrong.
create or replace function pawl.json_schema_union_closest(
  branches jsonb,
  violations jsonb[],
  value jsonb,
  root jsonb
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
  v_branch jsonb;
  v_tag jsonb;
  v_meant jsonb[] := '{}';
  v_tagged jsonb[] := '{}';
begin
  for v_no in 0 .. jsonb_array_length(branches) - 1 loop
    v_branch := branches -> v_no;
    if v_branch ? '$ref' then
      v_branch := pawl.json_schema_reference(root, v_branch ->> '$ref');
    end if;

    if pawl.json_schema_kind_fits(v_branch, value, jsonb_typeof(value)) then
      v_tag := pawl.json_schema_tag_violation(v_branch, value);
      if v_tag is null then
        v_meant := v_meant || violations[v_no + 1];
      else
        v_tagged := v_tagged || v_tag;
      end if;
    end if;
  end loop;

  return pawl.json_violations_merged(
    case
      when v_meant <> '{}' then v_meant
      when v_tagged <> '{}' then v_tagged
      else violations
    end,
    value
  );
end
$$;

comment on function pawl.json_schema_union_closest(jsonb, jsonb[], jsonb, jsonb) is
  'The violation to report where no alternative of a union fits.';
