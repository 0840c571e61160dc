-- What the WHATWG URL parser, which zod asks, takes for an absolute URL.  Names are not
-- decoded here: a host in percent signs or punycode is taken at its word.
create or replace function pawl.json_schema_uri_fits(value text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
  v_blank constant text := E' \t\n\u000b\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
    || E'\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
  v_url constant text := translate(btrim(value, v_blank), E'\t\n\r', '');
  v_scheme constant text := lower(substring(v_url from '^[A-Za-z][A-Za-z0-9+.-]*(?=:)'));
  v_special constant boolean := v_scheme in ('http', 'https', 'ws', 'wss', 'ftp');
  v_rest text := substr(v_url, length(v_scheme) + 2);
  v_host text;
begin
  if v_scheme is null then
    return false;
  elsif v_scheme = 'file' or (not v_special and v_rest not like '//%') then
    return true;
  end if;

  v_rest := case when v_special then regexp_replace(v_rest, '^[/\\]+', '') else substr(v_rest, 3) end;
  v_rest := substring(v_rest from case when v_special then '^[^/\\?#]*' else '^[^/?#]*' end);
  v_host := regexp_replace(v_rest, '^.*@', '');

  if v_host !~ ':0*(\d{0,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$' then
    if v_host ~ ':[^\]]*$' then
      return false;
    end if;
  end if;
  v_host := regexp_replace(v_host, ':\d*$', '');

  if v_host ~ '^\[.*\]$' then
    return pawl.ipv6_fits(btrim(v_host, '[]'));
  elsif v_host = '' then
    return not v_special and v_rest = '';
  elsif v_host ~ '(^|\.)\d+\.?$' and v_special then
    return pawl.json_schema_format_fits('ipv4', rtrim(v_host, '.'));
  end if;

  return v_host !~ '[\u0001-\u0020"<>\[\]\\^`{|}\u007f:]';
end
$$;

comment on function pawl.json_schema_uri_fits(text) is
  'Whether a string is an absolute URL, near enough to the WHATWG parser for checking input.';
