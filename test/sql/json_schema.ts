/**
 * The validator against zod, which wrote its schemas: the same verdict on every value.  Where
 * JSON Schema cannot say what zod checks they differ, and each difference known is listed here.
 */
import { deepStrictEqual as deepEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { z } from 'zod'
import { freshDatabase } from '../fixtures/database.ts'
import { SCHEMAS } from '../fixtures/json_schema_cases.ts'
import { VALUES } from '../fixtures/json_values.ts'

interface Violation {
  path: string
  expected: string
  found: string
}

const { query } = await freshDatabase(t)

/** What is wrong with each value, null where nothing is. */
async function violations(schema: z.ZodType, values: unknown[]): Promise<(Violation | null)[]> {
  const { rows } = await query<{ violation: Violation | null }>(
    `select pawl.json_schema_violation($1, item) as violation
     from jsonb_array_elements($2) with ordinality as items(item, item_no)
     order by item_no`,
    [JSON.stringify(z.toJSONSchema(schema, { io: 'input' })), JSON.stringify(values)],
  )
  return rows.map((row) => row.violation)
}

/** The values on which zod and the database do not agree. */
async function disputed(schema: z.ZodType, values: unknown[]): Promise<unknown[]> {
  const found = await violations(schema, values)
  return values.filter((value, i) => schema.safeParse(value).success !== (found[i] === null))
}

// Nothing or everything fits these.
const ONE_SIDED = ['any', 'json', 'never']

t.test('a value fits in the database exactly when it fits in zod', async (t) => {
  t.ok(Object.keys(SCHEMAS).length >= 40)
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    t.same(await disputed(schema, VALUES), [], name)
    const fits = VALUES.filter((value) => schema.safeParse(value).success).length
    const isOneSided = fits === 0 || fits === VALUES.length
    t.equal(isOneSided, ONE_SIDED.includes(name), `${name}: ${fits} values fit`)
  }
})

t.test('random values fit in the database exactly when they fit in zod', async (t) => {
  const key = fc.constantFrom('a', 'b', 'kind', 'radius', 'side', 'name', 'friends', 'street')
  const leaf = fc.oneof(
    fc.constantFrom('circle', 'square', 'point', 'a', 'b', null, true),
    fc.integer({ min: -2, max: 120 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('object'), tie('friend')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    friends: fc.oneof({ maxDepth: 5 }, fc.constant([]), fc.array(tie('friend'), { maxLength: 2 })),
    friend: fc.record({ name: leaf, friends: tie('friends') }),
  }))
  const names = ['recursive', 'discriminated union', 'union of objects', 'record', 'json', 'array']
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 40, maxLength: 60 }), async (random) => {
      const values: unknown[] = JSON.parse(JSON.stringify(random).replaceAll('\\u0000', ''))
      for (const name of names) deepEqual(await disputed(schemaOf(name), values), [], name)
    }),
    { seed: 20_261_101, numRuns: 20 },
  )
  t.pass('none is disputed')
})

function schemaOf(name: string): z.ZodType {
  const schema = SCHEMAS[name]
  if (schema === undefined) throw new Error(`there is no schema ${name}`)
  return schema
}

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])

// [what JSON Schema cannot say, a schema, a value, whether zod takes it]
const DIFFERENCES: [string, z.ZodType, unknown, boolean][] = [
  ['the flags of a pattern', z.string().regex(/^a$/i), 'A', true],
  ['an astral character is two in a pattern without u', z.string().regex(/^..$/), '😀', true],
  ['a refinement', z.string().refine((text) => text !== 'a'), 'a', false],
  ['what is trimmed first', z.string().trim().min(1), ' ', false],
  ['which words are booleans', z.stringbool(), 'a', false],
  ['what is coerced', z.coerce.number(), '5', true],
  ['what is caught', z.string().catch('a'), 5, true],
  ['a token', z.jwt(), 'a', false],
  ['which protocol a URL has', z.httpUrl(), 'ftp://a.bc', false],
  ['a URL whose host is a short number', z.url(), 'http://2', true],
  ['an address of IPv6 with a dotted tail', z.ipv6(), '::ffff:1.2.3.4', true],
  ['a bound of a number as a name', z.record(z.number().min(5), z.any()), { 3: 1 }, false],
  ['a name whose value may be missing', z.record(z.enum(['a']), z.unknown()), {}, true],
  ['exact multiples beyond 2 ** 53', z.number().multipleOf(5), 9007199254740991, true],
  ['nesting beyond 64 levels', z.json(), deep(70), true],
]

t.test('where JSON Schema cannot say what zod checks, the difference is known', async (t) => {
  for (const [what, schema, value, zodTakes] of DIFFERENCES) {
    t.equal(schema.safeParse(value).success, zodTakes, what)
    t.equal((await violations(schema, [value]))[0] === null, !zodTakes, what)
  }
})

t.test('only the input side of an object lets unknown properties pass, as zod does', async (t) => {
  const schema = z.object({ a: z.string() })
  const { rows } = await query<{ input: unknown; output: unknown }>(
    `select
       pawl.json_schema_violation($1, $3) as input,
       pawl.json_schema_violation($2, $3) as output`,
    [z.toJSONSchema(schema, { io: 'input' }), z.toJSONSchema(schema), { a: 'x', b: 1 }],
  )
  t.ok(schema.safeParse({ a: 'x', b: 1 }).success)
  t.equal(rows[0]?.input, null)
  t.match(rows[0]?.output, { path: '$.b' })
})

t.test('huge integers are compared to the last digit', async (t) => {
  const { rows } = await query<{ fits: boolean }>(
    `select pawl.json_schema_violation(bounds, value::jsonb) is null as fits
     from unnest(array['9007199254740992', '9007199254740993', '1e400', '9007199254740992.0'])
       as given(value),
     jsonb_build_object('type', 'integer', 'maximum', 9007199254740992) as bounds`,
  )
  t.same(
    rows.map((row) => row.fits),
    [true, false, false, true],
  )
})
