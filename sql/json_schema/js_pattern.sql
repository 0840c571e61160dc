-- A JavaScript pattern as Postgres would write it.  Most patterns mean the same in both,
-- given the collation C (where \d and \w are ASCII), and pass as they are: an escape that
-- Postgres reads otherwise, a bare dot (JavaScript's leaves line ends out), a group with a
-- name, a brace or bracket that is only itself: those, or what merely looks like them, are
-- rewritten.  Flags are lost before we see a pattern: zod emits its source only.
create or replace function pawl.js_pattern(pattern text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
  v_suspect constant text :=
    '\\[^dDwWnrtvf!-/:-@\[-`{-~]'           -- \s \b \x41 \u00e9 \1 \p{L}
    '|\\\\'                                 -- after which a backslash may not be one
    '|(^|[^\\])\.'                          -- a dot, maybe in a class
    '|\[\^?\]|\[[.:=]'                      -- [] [^] and what Postgres takes for [[:alpha:]]
    '|\\[dDwW]-|-\\[dDwW]|.-.-'             -- [\w-.] [a-c-e]: a hyphen that makes no range
    '|\(\?(?![:=!]|<[=!])'                  -- (?<name>x) (?i:x)
    '|\{(?!\d+(,\d*)?\})';                 -- a brace that counts nothing
begin
  if pattern !~ (v_suspect collate "C") then
    return pattern;
  end if;

  return pawl.js_pattern_translated(pattern);
end
$$;

comment on function pawl.js_pattern(text) is
  'A JavaScript regular expression for ~ with collate "C"; raises 0A000 where there is no equal.';
