-- type, const and enum.  jsonb equality is what JSON Schema means by equal (1 = 1.0), and
-- "?" finds a name both in a list of types and in a single one.
create or replace function pawl.json_schema_kind_fits(schema jsonb, value jsonb, kind text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
begin
  if schema ? 'type' and not schema -> 'type' ? kind then
    if kind <> 'number' or not schema -> 'type' ? 'integer' then
      return false;
    elsif value::numeric <> trunc(value::numeric) then
      return false;
    end if;
  end if;

  if schema ? 'const' and schema -> 'const' is distinct from value then
    return false;
  end if;

  if schema ? 'enum' then
    if kind in ('object', 'array') then
      return exists (
        select from jsonb_array_elements(schema -> 'enum') as allowed(item)
        where allowed.item = json_schema_kind_fits.value
      );
    end if;
    return coalesce(schema -> 'enum' @> value, false);
  end if;

  return true;
end
$$;

comment on function pawl.json_schema_kind_fits(jsonb, jsonb, text) is
  'Whether a value passes the keywords type, const and enum of a JSON Schema.';
