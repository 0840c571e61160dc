/**
 * A schema is refused when it says something that nobody would check.
 */
import t from 'tap'
import { z } from 'zod'
import { freshDatabase } from '../fixtures/database.ts'
import { SCHEMAS } from '../fixtures/json_schema_cases.ts'

const { query } = await freshDatabase(t)

async function refusal(schema: unknown): Promise<string | null | undefined> {
  const { rows } = await query<{ refusal: string | null }>(
    'select pawl.json_schema_refusal($1) as refusal',
    [JSON.stringify(schema)],
  )
  return rows[0]?.refusal
}

t.test('every schema that zod writes is taken, from either side', async (t) => {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    t.equal(await refusal(z.toJSONSchema(schema, { io: 'input' })), null, name)
    t.equal(await refusal(z.toJSONSchema(schema)), null, name)
  }
})

const REFUSED: [unknown, string][] = [
  [{ uniqueItems: true }, 'uniqueItems at #: this keyword is not known here'],
  [
    { properties: { a: { items: { anyOf: [true, { if: {} }] } } } },
    'if at #/properties/a/items/anyOf/1: this keyword is not known here',
  ],
  [{ $defs: { a: { minimum: '3' } } }, 'minimum at #/$defs/a: it is of type string'],
  [{ exclusiveMinimum: true }, 'exclusiveMinimum at #: it is of type boolean'],
  [{ items: [{}] }, 'items at #: it is of type array'],
  [{ type: 'text' }, 'type at #: no such type'],
  [{ type: ['string', 'any'] }, 'type at #: no such type'],
  [{ required: ['a', 1] }, 'required at #: a name is a string'],
  [{ anyOf: [] }, 'anyOf at #: it is empty'],
  [{ anyOf: [1] }, '#/anyOf/0 is not a JSON Schema'],
  [{ properties: { a: null } }, '#/properties/a is not a JSON Schema'],
  [{ multipleOf: 0 }, 'multipleOf at #: it is not above zero'],
  [{ $ref: '#/$defs/a' }, '$ref at #: it leads nowhere in this schema'],
  [{ $ref: 'https://example.org/a' }, '$ref at #: it leads nowhere in this schema'],
  [[], '# is not a JSON Schema'],
]

t.test('what cannot be checked is named, with its place', async (t) => {
  for (const [schema, message] of REFUSED) t.equal(await refusal(schema), message)
})

t.test('a pattern that Postgres cannot match as JavaScript does is refused', async (t) => {
  t.equal(
    await refusal({ properties: { a: { pattern: '^(a)\\1$' } } }),
    'pattern at #/properties/a: Postgres cannot match the back reference \\1 as JavaScript does' +
      ' (the pattern is ^(a)\\1$)',
  )
  t.match(await refusal({ patternProperties: { '^\\p{L}': {} } }), /Unicode property \\p/)
  t.match(await refusal(z.toJSONSchema(z.emoji())), /Unicode property/)
  t.match(await refusal({ pattern: 'a{1,300}' }), /invalid repetition count/)
})

t.test('remarks are passed over', async (t) => {
  const remarks = { title: 'a', examples: [1], default: {}, readOnly: true, 'x-form': { a: 1 } }
  t.equal(await refusal({ $schema: 'a', $id: 'b', id: 'c', $comment: 'd', ...remarks }), null)
})

t.test(
  'a reference may go through any part of the schema, names with slashes included',
  async (t) => {
    const schema = { $defs: { 'a/b~c': { type: 'string' } }, $ref: '#/$defs/a~1b~0c' }
    t.equal(await refusal(schema), null)
    const { rows } = await query<{ fits: boolean }>(
      `select pawl.json_schema_violation($1, value) is null as fits
     from unnest(array['"a"', '1']::jsonb[]) as value`,
      [schema],
    )
    t.same(rows, [{ fits: true }, { fits: false }])
  },
)
