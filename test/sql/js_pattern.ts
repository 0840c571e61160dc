/**
 * Patterns are written for JavaScript and matched by Postgres: both must take the same texts, or
 * the pattern must be refused.
 */
import { deepStrictEqual as deepEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'

const { query } = await freshDatabase(t)

const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'aa',
  'A',
  'é',
  'a é',
  '-',
  '_',
  '0',
  '09',
  'a-b',
  'a b',
  'a\nb',
  '\n',
  '\r',
  '\u2028',
  '\u00a0',
  '\ufeff',
  '.',
  '[a]',
  'a]',
  '^',
  '\\',
  '{,2}',
  'a{',
  '}',
  'y',
  '_a_',
  '٣',
  'ß',
  ':',
  '[:a:]',
  '\t',
  '~',
  '&&',
  '\u0001',
  'x',
  '/',
  '2024-02',
  'a{,2}',
  'u0041',
  'K',
  'K',
]

/** What each pattern takes of TEXTS, by the short way and by the long; null where it is refused. */
async function taken(
  patterns: string[],
): Promise<({ short: boolean[]; long: boolean[] } | null)[]> {
  const { rows } = await query<{ short: boolean[] | null; long: boolean[] | null }>(
    `select
       array(
         select sample ~ (pawl.js_pattern(pattern) collate "C") from unnest($2::text[]) as sample
         where pawl.js_pattern_refusal(pattern) is null
       ) as short,
       array(
         select sample ~ (pawl.js_pattern_translated(pattern) collate "C")
         from unnest($2::text[]) as sample
         where pawl.js_pattern_refusal(pattern) is null
       ) as long
     from unnest($1::text[]) with ordinality as patterns(pattern, pattern_no)
     order by pattern_no`,
    [patterns, TEXTS],
  )
  return rows.map(({ short, long }) => (short?.length && long ? { short, long } : null))
}

const SAME = words(String.raw`
    ^\d+$ ^\w+$ ^\W$ [\s] ^\S+$ ^.$ ^a.b$ ^[\s\S]$ ^[^\s]$ [^] a[]|b \bb a\B ^[\w-]+$ ^[\w-.]$
    ^[a\-z]$ ^[--/]$ ^[a-c-e]$ ^[\d-]+$ [[:a] [a[.] ^\x61$ ^\u00e9$ ^[\x00-\x7f]+$ ^[^\0-\x1f]$
    \y \m \A [\b] ^\/$ \_ a{ ^{,2}$ } ^a]$ (?<year>\d{4})-(?<month>\d\d) (?<=a)b (?<!a)b a(?=b)
    (?!a) ^(a|b)*?$ ^a??b$ (|a)b ^$|^a$ \\ \\. ^[\]a]+$ ^[\^a]$ \u212a ^[\W_]$ ^[\D]$ ^[^\S\n]$
    [(?:] ^[{1,2}]$`)

t.test('a pattern takes the same texts in Postgres as in JavaScript', async (t) => {
  const results = await taken(SAME)
  for (const [i, pattern] of SAME.entries()) {
    const wanted = TEXTS.map((text) => new RegExp(pattern).test(text))
    t.same(results[i], { short: wanted, long: wanted }, pattern)
  }
})

t.test('what has no equal in Postgres is refused', async (t) => {
  const patterns = words(String.raw`
    \p{L} \P{L} (a)\1 (?<n>a)\k<n> \ud83d \u{61} \cA \x4 (?i:a) a{256}`)
  t.same(
    await taken(patterns),
    patterns.map(() => null),
  )
})

t.test('a random pattern takes the same texts in both, or is refused', async (t) => {
  const parts = words(String.raw`
    a b - 0 _ . \. \d \D \w \W \s \S \b \B [ [^ ] ( (?: (?= (?! (?<= (?<! (?<n> ) | * + ? *? {2}
    {1,2} { } ^ $ \x41 \u00e9 \- \] \\ \0 [: a-b \y \m é \é [^] [] && -- ~ , : \1 \u`)
  const part = fc.constantFrom(...parts)
  const pattern = fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(pattern.filter(isPattern), async (text) => {
      const [result] = await taken([text])
      const wanted = TEXTS.map((sample) => new RegExp(text).test(sample))
      if (result) deepEqual(result, { short: wanted, long: wanted })
    }),
    { seed: 20_261_101, numRuns: 500 },
  )
  t.pass('no text tells them apart')
})

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== ''
  } catch {
    return false
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
