/** A person's open transaction about a pool holds up whoever pays from it, and nobody else. */
import type pg from 'pg'
import t from 'tap'
import type { ModelCallIntent } from '../../src/database/call_rows.ts'
import { Database } from '../../src/database/database.ts'
import { modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { doneItem, type Site } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { attempts } = looks(world)
const worker = world.roles.pawl_worker
const database = new Database(world.url, 'pawl_worker', 4)
t.teardown(() => database.close())
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
await world.query(`select pawl.open_pool('one', 1000000000)`)
const budget = JSON.stringify({ microusd: 1_000_000, pool: 'one' })
const begin = (site: Site) => database.beginModelCall(modelCall(site) as unknown as ModelCallIntent)

/** Raises the pool, and leaves the transaction open. */
async function person(): Promise<pg.Client> {
  const client = await world.as()
  await client.query('begin')
  await client.query(`select pawl.open_pool('one', 2000000000)`)
  return client
}

t.test('the sweep buries whoever has died, and comes again for what waits', async (t) => {
  const [dead, other] = [await world.worker(), await world.worker()]
  const [calling, innocent] = [await world.begun(dead, { budget }), await world.begun(other)]
  const open = await person()
  const begun = begin(calling)
  await world.waiting()
  await world.tick(5000)
  t.match((await worker.query('select * from pawl.sweep()')).rows, [{ buried: '2' }])
  t.match(await attempts(innocent.task_id), [{ outcome: 'lost' }])
  await open.query('rollback')
  await begun
  await worker.query('select pawl.sweep()')
  t.match(await attempts(calling.task_id), [{ outcome: 'lost' }])
})

t.test('a batch that stops the step that calls is done all the same', async (t) => {
  const worker_id = await world.worker()
  const calling = await world.begun(worker_id, { budget })
  const beside = await world.begun(worker_id)
  const open = await person()
  const over = t.rejects(begin(calling), { code: 'PW002' })
  await world.waiting()
  const leaves = { ...doneItem(calling), step: undefined, stop_steps: [1] }
  t.same(await world.commit(leaves, doneItem(beside)), ['accepted', 'accepted'])
  await over
  await open.query('rollback')
})

t.test('who waited for the pool calls, or settles, once it is free', async (t) => {
  const site = await world.begun(await world.worker(), { budget })
  const held = async (ask: () => Promise<unknown>) => {
    const open = await person()
    const asked = ask()
    await world.waiting()
    // Its wait of a second is over, and another has begun.
    await world.query('select from pawl.budgets where task_id = $1 for no key update', [
      site.task_id,
    ])
    await world.waiting()
    await open.query('rollback')
    return asked
  }
  t.match(await held(() => begin(site)), { answer: 'send', call_no: 1 })
  const settled = { task_id: site.task_id, call_no: 1, outcome: 'found' as const, usage: {} }
  await held(() => database.settleModelCall(settled))
  const text = 'select reserved_microusd::integer from pawl.budgets where task_id = $1'
  t.equal(await world.value(text, [site.task_id]), 0)
})
