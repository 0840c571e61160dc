/** Months: made ahead, dropped whole, and only when nothing in them is alive. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { callsOf, modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { doneItem, goItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const { beginModel, settleModel } = callsOf(world)
const worker = world.roles.pawl_worker
const partitions = (table: string) =>
  world
    .rows<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent = ('pawl.' || $1)::regclass
         and inhrelid <> 'pawl.tasks_unplaced'::regclass
       order by 1`,
      [table],
    )
    .then((rows) => rows.map(({ name }) => name))
const growing = await world.value<string[]>('select pawl.growing_tables()')
const DAYS = 86_400_000
const first = await world.value<string>(`select pawl.clock()::date::text`)

t.test('this month and two more are there, and making them again makes none', async (t) => {
  for (const table of growing) t.equal((await partitions(table)).length, 3, table)
  t.equal(await world.value('select pawl.make_months()', [], worker), 0)
})

t.test('a month of its own is made for every growing table', async (t) => {
  t.equal(growing.length, 13)
  t.equal(await world.value(`select pawl.make_month('2031-05-17')`), 13)
  t.equal(await world.value(`select pawl.make_month('2031-05-02')`), 0)
  for (const table of growing) {
    t.ok((await partitions(table)).includes(`pawl.${table}_2031_05`), table)
  }
})

t.test('months meet without a gap, at midnight in UTC', async (t) => {
  await world.query(`select pawl.make_month('2031-06-01')`)
  const bounds = await world.rows<{ bound: string }>(
    `select pg_get_expr(relpartbound, oid) as bound from pg_class
     where oid in ('pawl.tasks_2031_05'::regclass, 'pawl.tasks_2031_06'::regclass) order by oid`,
  )
  const [may, june] = bounds.map(({ bound }) => bound.match(/'[0-9a-f-]+'/g))
  t.equal(may?.[1], june?.[0])
  t.equal(june?.[0], `'${await world.value(`select pawl.uuid_floor('2031-06-01T00:00:00Z')`)}'`)
})

t.test('a whole life fits into any month', async (t) => {
  const before = await partitions('tasks')
  await world.tick(40 * DAYS)
  t.ok((await world.value<number>('select pawl.make_months()', [], worker)) >= 13)
  t.ok((await partitions('tasks')).length > before.length)
  const site = await world.begun(await world.worker())
  await world.commit(doneItem(site))
  await world.commit(goItem(site, 2, 0))
  t.equal(
    await world.value('select tableoid::regclass::text from pawl.tasks where task_id = $1', [
      site.task_id,
    ]),
    `pawl.tasks_${await world.value(`select to_char(pawl.clock(), 'YYYY_MM')`)}`,
  )
})

t.test('the month that new tasks go into is not dropped', async (t) => {
  const answer = await refused(world.query('select pawl.drop_month(pawl.clock()::date)'))
  t.match(answer, { code: 'PW005', hint: /New tasks/ })
})

t.test('an insert that fits no month says what is missing', async (t) => {
  await world.tick(3650 * DAYS)
  const answer = await refused(world.submit())
  t.match(answer, { code: 'PW504', hint: /make_months/ })
  await world.tick(-3650 * DAYS)
})

t.test('a month that holds a live task is not dropped', async (t) => {
  const task_id = await world.submit()
  const day = await world.value(`select pawl.clock()::date::text`)
  await world.tick(40 * DAYS)
  await world.value('select pawl.make_months()', [], worker)
  const answer = await refused(world.query('select pawl.drop_month($1)', [day]))
  t.match(answer, { code: 'PW005', hint: /finished_at is null/ })
  t.ok(await world.value('select true from pawl.tasks where task_id = $1', [task_id]))
  await world.query(
    `update pawl.tasks set status = 'cancelled', finished_at = pawl.clock() where task_id = $1`,
    [task_id],
  )
})

t.test('a dropped month takes all of its tasks along, and nothing of the others', async (t) => {
  await world.query(`select pawl.open_pool('shared', 1000000)`)
  const lives = async () => {
    const budget = '{"pool": "shared", "wall_clock_ms": 9000}'
    const site = await world.begun(await world.worker(), { budget, key: String(Math.random()) })
    const { call_no } = await beginModel(modelCall(site))
    await settleModel(site, call_no, 'found', { usage: { input_tokens: 9000 } })
    await beginModel(modelCall(site, { position: 1 }))
    const attach = { review: { kind: 'escalation', question: 'q', choices: ['answer'] } }
    await world.commit(doneItem(site, { attach }))
    await world.commit(goItem(site, 2, 0))
    return site.task_id
  }
  const dropped = await lives()
  const day = await world.value<string>(`select pawl.clock()::date::text`)
  await world.tick(40 * DAYS)
  await world.value('select pawl.make_months()', [], worker)
  const kept = await lives()
  await world.query('select pawl.drop_month($1)', [day])
  const tables = [...growing, 'timers', 'task_keys', 'budgets', 'reviews', 'envelopes']
  for (const table of tables) {
    const count = `select count(*)::integer from pawl.${table} where task_id = $1`
    t.equal(await world.value(count, [dropped]), 0, table)
  }
  t.ok(await world.value('select true from pawl.tasks where task_id = $1', [kept]))
  t.equal(
    await world.value('select spent_microusd::integer from pawl.budget_pools'),
    9000,
    'what it spent of a pool stays spent',
  )
  t.equal(
    await world.value('select reserved_microusd::integer from pawl.budget_pools'),
    4500,
    'what it had promised of it is free again',
  )
  t.same(await world.verify(), [])
})

t.test('a month that is not there, or only in part, is dropped without a word', async (t) => {
  await world.query(`select pawl.drop_month('1999-01-01')`)
  await world.query('drop table pawl.ledger_2031_05')
  await world.query(`select pawl.drop_month('2031-05-01')`)
  t.notOk((await partitions('tasks')).includes('pawl.tasks_2031_05'))
})

t.test('only the owner drops a month', async (t) => {
  for (const client of Object.values(world.roles)) {
    const text = 'select pawl.drop_month($1)'
    t.match(await refused(client.query(text, [first])), { code: '42501' })
  }
})
