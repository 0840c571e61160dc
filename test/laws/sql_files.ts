/** The rules of the files in sql/ and migrations/. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const BODY_LINES_MAX = 60
const CLOCKS =
  /\b(now\s*\(|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|current_(date|time|timestamp)|local(time|timestamp))/i

const { query } = await freshDatabase(t)
const files = readdirSync(join(ROOT, 'sql'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sql'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, 'sql', name), 'utf8') }))
const migrations = readdirSync(join(ROOT, 'migrations')).map((name) => ({
  name,
  text: readFileSync(join(ROOT, 'migrations', name), 'utf8'),
}))

/** Without comments and strings, which may speak of anything. */
function code(text: string): string {
  return text.replace(/--.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''")
}

t.test('a file makes one function or view, of its own name', async (t) => {
  for (const { name, text } of files) {
    if (name === 'grants.sql') continue
    const made = [...text.matchAll(/^create (?:or replace )?(?:function|view) pawl\.(\w+)/gm)]
    t.same(
      made.map((it) => it[1]),
      [basename(name).replace(/(\.view)?\.sql$/, '')],
      name,
    )
  }
  t.ok(files.length > 100)
})

t.test('no function is longer than a screen', async (t) => {
  for (const { name, text } of files) {
    const [, body = ''] = text.split('$$')
    const lines = body.trim().split('\n').length
    t.ok(lines <= BODY_LINES_MAX, `${name} has ${lines} lines`)
  }
})

t.test('nothing but clock.sql asks any clock but pawl’s', async (t) => {
  const asking = (all: { name: string; text: string }[]) =>
    all.filter(({ text }) => CLOCKS.test(code(text))).map(({ name }) => name)
  t.same(asking(files), ['clock.sql'])
  t.same(asking(migrations), [])
  t.same(asking([{ name: 'x', text: 'select Now ()' }]), ['x'], 'the check can fail')
  const columns = `select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'pawl' and table_name <> 'migrations'
      and column_default ~* '(now|timestamp|current)'`
  t.same((await query(columns)).rows, [])
})

t.test('every object is named with its schema', async (t) => {
  const { rows } = await query<{ name: string }>(
    `select c.relname as name from pg_class as c
     where c.relnamespace = 'pawl'::regnamespace and c.relkind in ('p', 'r', 'v')
       and not c.relispartition`,
  )
  const tables = rows.map(({ name }) => name).join('|')
  const bare = new RegExp(`\\b(from|join|into|update|on|table)\\s+(${tables})\\b(?!\\s*\\()`, 'g')
  for (const { name, text } of files) {
    const named = [...text.matchAll(/^\s*(?:with )?(\w+) as (?:materialized )?\(/gm)].map(
      (it) => it[1],
    )
    const found = [...code(text).matchAll(bare)].filter((it) => !named.includes(it[2]))
    t.same(
      found.map((it) => it[0]),
      [],
      name,
    )
  }
})

t.test('every on conflict has the constraint that it speaks of', async (t) => {
  const { rows } = await query<{ name: string }>(
    `select conname as name from pg_constraint where connamespace = 'pawl'::regnamespace`,
  )
  const known = new Set(rows.map(({ name }) => name))
  for (const { name, text } of files) {
    for (const [, constraint = ''] of text.matchAll(/on conflict on constraint (\w+)/g)) {
      t.ok(known.has(constraint), `${name}: ${constraint}`)
    }
    t.notMatch(code(text), /on conflict\s*\(/, `${name} names the constraint, not its columns`)
  }
})

t.test('a refusal has a code, a message and a hint', async (t) => {
  const { REFUSALS } = await import('../../src/refusal.ts')
  for (const { name, text } of files) {
    for (const [raised = ''] of text.matchAll(/raise exception[^;]*;/g)) {
      const [, errcode = ''] = /errcode = '(\w+)'/.exec(raised) ?? []
      // Raised and caught within json_schema/.
      if (errcode === 'feature_not_supported') continue
      t.ok(Object.hasOwn(REFUSALS, errcode), `${name}: ${errcode} is known`)
      t.match(raised, /message = [\s\S]*hint = /, name)
    }
  }
})

t.test('words are written small', async (t) => {
  const LOUD = /\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|BEGIN|END|RETURNS|DECLARE)\b/
  for (const { name, text } of [...files, ...migrations]) {
    t.notMatch(code(text), LOUD, name)
  }
})
