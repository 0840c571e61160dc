/** What a dead worker's open call waits for, nobody else waits for. */
import t from 'tap'
import { modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task, attempts } = looks(world)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
await world.query(`select pawl.open_pool('one', 1000000000)`)

t.test('a person’s open transaction about a pool keeps no dead worker unburied', async (t) => {
  const silent = await world.worker()
  const calling = await world.begun(silent, {
    budget: JSON.stringify({ microusd: 1_000_000, pool: 'one' }),
  })
  const idle = await world.begun(silent)
  const person = await world.as()
  await person.query('begin')
  await person.query(`select pawl.open_pool('one', 2000000000)`)
  const caller = await world.as('pawl_worker')
  const begun = caller.query('select pawl.begin_model_call($1) as it', [modelCall(calling)])
  await world.waiting()
  await world.tick(5000)
  const sweeper = await world.as('pawl_worker')
  await sweeper.query(`set lock_timeout = '3s'`)
  const sweep = async () => (await sweeper.query('select * from pawl.sweep()')).rows[0]

  t.match(await sweep(), { buried: '1' })
  t.match(await attempts(idle.task_id), [{ outcome: 'lost' }])
  t.match(await attempts(calling.task_id), [{ outcome: null }], 'this one is in somebody’s hands')
  const { woken_at } = await wakes(calling.task_id)
  await world.tick(500)
  await sweep()
  t.same(await wakes(calling.task_id), { woken_at }, 'nobody is woken for what is not free')

  await person.query('rollback')
  t.match((await begun).rows, [{ it: { answer: 'send' } }])
  await sweep()
  t.match(await attempts(calling.task_id), [{ outcome: 'lost' }])
  t.match(await task(calling.task_id), { status: 'ready' })
})

t.test('nor does it keep a worker from its graceful end', async (t) => {
  const leaving = await world.worker()
  const [calling, idle] = [await world.begun(leaving), await world.begun(leaving)]
  const caller = await world.as('pawl_worker')
  await caller.query('begin')
  await caller.query('select pawl.begin_model_call($1)', [modelCall(calling)])
  const stop = 'select pawl.stop_worker($1)'
  t.equal(await world.value(stop, [leaving], world.roles.pawl_worker), '1')
  t.match(await attempts(idle.task_id), [{ outcome: 'handed_back' }])
  await caller.query('commit')
  await world.roles.pawl_worker.query('select pawl.sweep()')
  t.match(await attempts(calling.task_id), [{ outcome: 'handed_back' }])
})

async function wakes(task_id: string) {
  const [row] = await world.rows<{ woken_at: Date }>(
    'select woken_at from pawl.tasks where task_id = $1',
    [task_id],
  )
  if (!row) throw new Error(`there is no task ${task_id}`)
  return row
}
