/**
 * Bad input: each is refused in the inserting transaction, by a name and with a hint, without a
 * word of anybody's private data, and leaves nothing behind.
 */
import t, { type Test } from 'tap'
import { refused } from '../fixtures/refused.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const SECRET = 'Mrs Ada Quill, 4 Tern Lane'
const world = await sqlWorld(t)
const { roles, query } = world
await query(`select pawl.open_pool('audits', 1000000)`)
await world.register('errands')

type Expected = { code: string; message?: RegExp; hint?: RegExp | string }

/** As the role that inserts and as the owner. */
async function isRefused(t: Test, columns: Record<string, unknown>, expected: Expected) {
  const before = await world.counted()
  const all = { machine: 'errand', input: { n: 1 }, key: 'k', ...columns }
  const names = Object.keys(all)
  const places = names.map((_, index) => `$${index + 1}`)
  for (const client of [roles.pawl_submitter, world.sql]) {
    const answer = await refused(
      client.query(
        `insert into pawl.tasks (${names.join()}) values (${places.join()})`,
        Object.values(all),
      ),
    )
    t.match(answer, { hint: /./, ...expected })
    t.notMatch(answer.whole, SECRET)
  }
  t.same(await world.counted(), before, 'nothing is left behind')
}

t.test('an unknown machine is refused with the nearest names', async (t) => {
  await isRefused(t, { machine: 'erand' }, { code: 'PW102', hint: /errand or errands\?/ })
  await isRefused(t, { machine: null }, { code: 'PW102' })
  await isRefused(t, { machine: 'x'.repeat(5000) }, { code: 'PW102', message: /^.{0,120}$/ })
})

t.test('where no machine is registered, the hint says how to register one', async (t) => {
  const client = await world.as()
  await client.query('begin; alter table pawl.machines disable trigger all')
  await client.query('update pawl.machines set current = false')
  const answer = await refused(
    client.query(`insert into pawl.tasks (machine, input) values ('errand', '{}')`),
  )
  t.match(answer, { code: 'PW102', hint: /pawl register/ })
  await client.query('rollback')
})

t.test('an input that does not fit is told where, and what was expected', async (t) => {
  const input = (input: unknown) => ({ input: JSON.stringify(input) })
  const n = { code: 'PW101', message: /at .*n.*expected integer/, hint: /input_schema/ }
  await isRefused(t, input({ n: SECRET }), n)
  await isRefused(t, input({ n: 1, note: SECRET.repeat(9) }), { code: 'PW101', message: /note/ })
  await isRefused(t, input({ note: SECRET }), { code: 'PW101', message: /n/ })
  await isRefused(t, input({ n: 1, nope: SECRET }), { code: 'PW101', message: /nope/ })
})

t.test('an input that is no object is refused', async (t) => {
  for (const input of ['[1]', `"${SECRET}"`, '7', 'null', null]) {
    await isRefused(t, { input }, { code: 'PW103', hint: /\{"value": …\}/ })
  }
})

t.test('an input over a megabyte is refused before it is looked at', async (t) => {
  const input = JSON.stringify({ n: 1, note: SECRET.repeat(60_000) })
  await isRefused(t, { input }, { code: 'PW104', message: /bytes/, hint: /reference/ })
})

t.test('\\u0000 is refused by PostgreSQL itself, as 22P05', async (t) => {
  const before = await world.counted()
  for (const client of [roles.pawl_submitter, world.sql]) {
    const text = `insert into pawl.tasks (machine, input) values ('errand', $1)`
    const answer = await refused(client.query(text, ['{"n": 1, "note": "\\u0000"}']))
    t.match(answer, { code: '22P05', message: /Unicode/ })
  }
  t.same(await world.counted(), before)
})

t.test('a budget that is wrong is refused with how money is written', async (t) => {
  const wrong = (budget: unknown) =>
    isRefused(t, { budget: JSON.stringify(budget) }, { code: 'PW105', hint: /5 USD = 5000000/ })
  for (const microusd of [0, -1, 'NaN', 'Infinity', 5, 0.2, 1.5, 1e300, null, true, [1]]) {
    await wrong({ microusd })
  }
  await wrong({ tokens: 0 })
  await wrong({ tool_calls: -3 })
  await wrong({ wall_clock_ms: 9e15 })
  await wrong({ dollars: 5 })
  await wrong({ pool: 'nobody' })
  await wrong({ pool: 7 })
  await wrong([5])
  await wrong(5)
})

t.test('a run_at that is not finite is refused', async (t) => {
  for (const run_at of ['infinity', '-infinity']) {
    await isRefused(t, { run_at }, { code: 'PW108', hint: /leave run_at out/ })
  }
})

t.test('a key, priority or label that does not fit is refused', async (t) => {
  for (const columns of [
    { key: '' },
    { key: 'k'.repeat(201) },
    { priority: 40_000 },
    { priority: -40_000 },
    { labels: '[1]' },
    { labels: 'null' },
  ]) {
    await isRefused(t, columns, { code: 'PW110' })
  }
})

t.test('what may be left out may also be given as null', async (t) => {
  const task_id = await world.submit({
    key: null,
    priority: null,
    run_at: null,
    labels: null,
    budget: null,
  })
  const [task] = await world.rows(
    'select priority, labels, run_at = created_at as at_once from pawl.tasks where task_id = $1',
    [task_id],
  )
  t.same(task, { priority: 0, labels: {}, at_once: true })
})
