-- An address of IPv6 in its short or long form; without a dotted tail, as zod's pattern has it.
create or replace function pawl.ipv6_fits(value text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
begin
  return value ~ '^([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}$'
    or (
      value ~ '^([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?::([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?$'
      and (select count(*) from regexp_matches(value, '[0-9a-fA-F]+', 'g')) <= 7
    );
end
$$;

comment on function pawl.ipv6_fits(text) is
  'Whether a string is an address of IPv6.';
