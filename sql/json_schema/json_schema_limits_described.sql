-- Formats, patterns and bounds, in words.  zod names some checks in format and puts what they
-- demand in a pattern: there the pattern tells more.
create or replace function pawl.json_schema_limits_described(schema jsonb, kind text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  -- zod gives them to every integer; a reader learns nothing from them.
  v_safe constant jsonb := '[-9007199254740991, 9007199254740991]';
  v_least constant jsonb := nullif(schema -> 'minimum', v_safe -> 0);
  v_most constant jsonb := nullif(schema -> 'maximum', v_safe -> 1);
begin
  if kind = 'string' then
    if schema ->> 'format' in ('includes', 'starts_with', 'ends_with', 'regex') then
      schema := schema - 'format';
    end if;
    return coalesce(
      ' in the format ' || (schema ->> 'format'),
      ' that matches ' || left(schema ->> 'pattern', 100),
      ' that matches ' || (
        select string_agg(left(part ->> 'pattern', 100), ' and ')
        from jsonb_path_query(schema, '$.allOf[*]') as part
      ),
      ''
    );
  elsif kind in ('number', 'integer') then
    return coalesce(' ' || nullif(concat_ws(
      ' and ',
      'above ' || (schema ->> 'exclusiveMinimum'),
      'of at least ' || v_least::text,
      'below ' || (schema ->> 'exclusiveMaximum'),
      'of at most ' || v_most::text,
      'in steps of ' || (schema ->> 'multipleOf')
    ), ''), '');
  end if;

  return '';
end
$$;

comment on function pawl.json_schema_limits_described(jsonb, text) is
  'The format, pattern and bounds of a JSON Schema in a few words, for values of one type.';
