/**
 * What a violation tells: the place, what was expected there, and of the value no more than its
 * type or length.
 */
import { deepStrictEqual as deepEqual } from 'node:assert'
import t from 'tap'
import { z } from 'zod'
import { freshDatabase } from '../fixtures/database.ts'
import { SCHEMAS } from '../fixtures/json_schema_cases.ts'

const { query } = await freshDatabase(t)

async function told(schema: z.ZodType, value: unknown): Promise<string> {
  const { rows } = await query<{ violation: Record<string, string> | null }>(
    'select pawl.json_schema_violation($1, $2) as violation',
    [z.toJSONSchema(schema, { io: 'input' }), JSON.stringify(value)],
  )
  const violation = rows[0]?.violation
  if (violation == null) return 'fits'
  const { path, expected, found, ...more } = violation
  deepEqual(more, {})
  return `${path}: ${expected}, not ${found}`
}

const item = z.strictObject({ name: z.string().max(10), 'unit price': z.number().min(0) })
const order = z.object({
  items: z.array(item).min(1),
  state: z.enum(['new', 'paid']).optional(),
  prices: z.record(z.string(), z.int()).optional(),
})
const apple = { name: 'apple', 'unit price': 1 }
const animal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cat'), lives: z.int().max(9) }),
  z.object({ kind: z.literal('dog'), tail: z.object({ length: z.number() }) }),
])

const MESSAGES: [z.ZodType, unknown, string][] = [
  [
    order,
    { items: [apple, apple, { ...apple, name: 5 }] },
    '$.items[2].name: string of at most 10 characters, not number',
  ],
  [
    order,
    { items: [{ ...apple, name: 'pomegranates' }] },
    '$.items[0].name: string of at most 10 characters, not string of 12 characters',
  ],
  [
    order,
    { items: [{ name: 'apple' }] },
    '$.items[0]["unit price"]: number of at least 0, not nothing',
  ],
  [
    order,
    { items: [{ ...apple, nam: 1 }] },
    '$.items[0].nam: no property of this name (did you mean "name"?), not number',
  ],
  [
    order,
    { items: [{ ...apple, colour: 'red' }] },
    '$.items[0].colour: no property but name, unit price, not string of 3 characters',
  ],
  [order, { items: [] }, '$.items: array of at least 1 item, not array of 0 items'],
  [
    order,
    { items: [apple], state: 'old' },
    '$.state: one of "new", "paid", not string of 3 characters',
  ],
  [
    order,
    { items: [apple], prices: { apple: 'x' } },
    '$.prices.apple: integer, not string of 1 character',
  ],
  [order, [], '$: object, not array of 0 items'],
  [z.number().gt(0).lt(10), 10, '$: number above 0 and below 10, not number'],
  [z.int(), 2 ** 60, '$: integer within 9007199254740991 and -9007199254740991, not number'],
  [z.string().length(2), 'abc', '$: string of exactly 2 characters, not string of 3 characters'],
  [z.string().regex(/^a/), 'b', '$: string that matches ^a, not string of 1 character'],
  [
    z.email().max(9),
    'b',
    '$: string of at most 9 characters in the format email, not string of 1 character',
  ],
  [z.never(), 1, '$: nothing, not number'],
  [
    z.record(z.string().max(2), z.any()),
    { abc: 1 },
    '$.abc: name: string of at most 2 characters, not name: string of 3 characters',
  ],
]

const UNIONS: [z.ZodType, unknown, string][] = [
  [animal, { kind: 'cat', lives: 10 }, '$.lives: integer of at most 9, not number'],
  [
    animal,
    { kind: 'dog', tail: { length: 'x' } },
    '$.tail.length: number, not string of 1 character',
  ],
  [animal, { kind: 'cow' }, '$.kind: "cat" or "dog", not string of 3 characters'],
  [animal, { lives: 1 }, '$.kind: "cat" or "dog", not nothing'],
  [animal, 5, '$: object, not number'],
  [
    z.string().max(2).nullable(),
    'abc',
    '$: string of at most 2 characters, not string of 3 characters',
  ],
  [z.string().max(2).nullable(), 5, '$: null or string of at most 2 characters, not number'],
  [z.union([z.string(), z.number()]), true, '$: string or number, not boolean'],
  [
    z.union([item, animal]),
    { kind: 'cat', lives: 'x' },
    '$: value that fits one of 2 alternatives, not object',
  ],
  [
    z.xor([z.string(), z.email()]),
    'a@b.cd',
    '$: value that fits one alternative only, not string of 6 characters',
  ],
  [
    SCHEMAS['json'] ?? z.any(),
    deep(70),
    `$${'[0]'.repeat(65)}: nesting of at most 64 levels, not array of 1 item`,
  ],
]

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)]
}

t.test('a violation names the place and what was expected there', async (t) => {
  for (const [schema, value, message] of MESSAGES) t.equal(await told(schema, value), message)
})

t.test('where no alternative fits, the one that was meant speaks', async (t) => {
  for (const [schema, value, message] of UNIONS) t.equal(await told(schema, value), message)
})

t.test('a violation never shows what it found, nor a name that is somebody’s', async (t) => {
  const secret = 'jane.roe@example.org'
  const loose = z.object({}).catchall(z.record(z.string(), z.literal('x')))
  const values = [
    secret,
    [secret],
    { [secret]: secret },
    { a: secret },
    { items: [{ name: secret }] },
  ]
  for (const schema of [
    order,
    animal,
    item,
    loose,
    z.never(),
    z.int(),
    ...Object.values(SCHEMAS),
  ]) {
    for (const value of values) t.notMatch(await told(schema, value), /jane/)
  }
  t.match(await told(loose, { a: { [secret]: 1 } }), /^\$\.a\[a name of 20 characters\]: "x"/)
})
