-- Formats that stand without a pattern; a format nobody knows is only a remark.
create or replace function pawl.json_schema_format_fits(format text, value text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
  v_hour constant text := '([01]\d|2[0-3]):[0-5]\d';
  v_time constant text := v_hour || ':[0-5]\d(\.\d+)?(Z|[+-]' || v_hour || ')';
  v_day constant text := '(0[1-9]|[12]\d|3[01])';
  v_leap_year constant text :=
    '(\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)';
  v_date constant text := '(' || v_leap_year || '-02-29|\d{4}-((0[13578]|1[02])-' || v_day
    || '|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8])))';
  v_octet constant text := '(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)';
  v_pattern text;
begin
  if format = 'uri' then
    return pawl.json_schema_uri_fits(value);
  elsif format = 'ipv6' then
    return pawl.ipv6_fits(value);
  end if;

  v_pattern := case format
    when 'date' then v_date
    when 'time' then v_time
    when 'date-time' then v_date || 'T' || v_time
    when 'email' then '[A-Za-z0-9_+-][A-Za-z0-9_''+.-]*@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}'
    when 'uuid' then '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
    when 'ipv4' then '(' || v_octet || '\.){3}' || v_octet
  end;

  return coalesce(value ~ (('^(' || v_pattern || ')$') collate "C"), true);
end
$$;

comment on function pawl.json_schema_format_fits(text, text) is
  'Whether a string has a format of JSON Schema; true for a format that is not known.';
