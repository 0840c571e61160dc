-- What the WHATWG URL parser, which zod asks, takes for an absolute URL.  Names are not
-- decoded here: a host in percent signs or punycode is taken at its word.
create or replace function pawl.json_schema_uri_fits(value text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
  v_blank constant text :=
    '[\u0001-\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+';
  v_trimmed constant text := regexp_replace(value, format('^%1$s|%1$s$', v_blank), '', 'g');
  v_url constant text := translate(v_trimmed, E'\t\n\r', '');
  v_scheme constant text := lower(substring(v_url from '^[A-Za-z][A-Za-z0-9+.-]*(?=:)'));
  v_special constant boolean := v_scheme in ('http', 'https', 'ws', 'wss', 'ftp');
  -- In a name a percent sign hides neither a control nor a sign that means something.
  v_hidden constant text := '[\u0001-\u001f\u007f]|%(?![2-9a-f][0-9a-f])'
    '|%(2[035f]|3[acef]|40|5[b-e]|7[cf])';
  v_rest text := substr(v_url, length(v_scheme) + 2);
  v_host text;
  v_port text;
begin
  if v_scheme is null then
    return false;
  elsif v_scheme = 'file' or (not v_special and v_rest not like '//%') then
    return true;
  end if;

  if v_special then
    v_rest := substring(v_rest from '^[/\\]*([^/\\?#]*)');
  else
    v_rest := substring(v_rest from '^//([^/?#]*)');
  end if;
  v_host := regexp_replace(v_rest, '^.*@', '');
  v_port := substring(v_host from ':([^:\]]*)$');
  v_host := regexp_replace(v_host, ':[^:\]]*$', '');

  if v_port !~ '^0*[0-9]{0,5}$' or lpad(ltrim(v_port, '0'), 5, '0') collate "C" > '65535' then
    return false;
  elsif v_host = '' then
    return not v_special and v_rest = '';
  elsif v_host ~ '^\[.*\]$' then
    return pawl.ipv6_fits(substr(v_host, 2, length(v_host) - 2));
  elsif v_special and v_host ~ '(^|\.)[0-9]+\.?$' then
    return pawl.json_schema_format_fits('ipv4', regexp_replace(v_host, '\.$', ''));
  end if;

  return v_host !~ '[ <>\[\]\\^|:]' and not (v_special and v_host ~* v_hidden);
end
$$;

comment on function pawl.json_schema_uri_fits(text) is
  'Whether a string is an absolute URL, near enough to the WHATWG parser for checking input.';
