/** A child that rests and is let go by its parent goes on, for only then can it clean up. */
import t from 'tap'
import { EDGE, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task } = looks(world)
const pause = (task_id: string) => world.query('select pawl.pause_task($1)', [task_id])
const sweep = () => world.value<string>(`select pawl.wake_forgotten('10 seconds')`)

/** A parent at `calling` whose child has begun, with 60 s to live. */
async function family() {
  const parent = await world.submit()
  const step = newStep(1, false, { kind: 'child', src: 'errand', input: { n: 1 } })
  const beyond = { start: [{ step_no: 1, machine: 'errand' }] }
  await world.commit(startItem(parent, worker_id, { open_steps: [step], beyond }))
  const text = 'select child_task_id from pawl.steps where task_id = $1'
  const child = await world.value<string>(text, [parent])
  await world.commit(startItem(child, worker_id, { open_steps: [] }))
  await world.query(`select pawl.raise_budget($1, '{"wall_clock_ms": 60000}', 'me')`, [child])
  return { parent, child }
}

/** The parent's error stops it, and its child is told. */
const letGo = (parent: string) =>
  world.commit(
    startItem(parent, worker_id, {
      revision: 1,
      transition: {
        cause: 'engine',
        cause_no: null,
        event: 'pawl.stopped',
        edge_no: EDGE.stopped,
        to_state: 'calling',
      },
      open_steps: [],
      stop_steps: [1],
      status: 'failed',
      error: { code: 'broken', message: 'it broke' },
      beyond: { stop: [1] },
    }),
  )

const loaded = (task_id: string) =>
  world.rows('select inbox #>> $2 as type from pawl.load_tasks(array[$1::uuid])', [
    task_id,
    ['0', 'payload', 'type'],
  ])

t.test('a paused child that is let go goes on, with the time that it had left', async (t) => {
  const { parent, child } = await family()
  await pause(child)
  await world.tick(20_000)
  t.same(await letGo(parent), ['accepted'])
  t.match(await task(child), { status: 'ready' })
  t.same(await loaded(child), [{ type: 'pawl.cancel' }])
  const left = `select extract(epoch from fire_at - pawl.clock())::integer from pawl.timers
    where task_id = $1`
  t.equal(await world.value(left, [child]), 60)
  t.same(
    await world.rows(
      `select payload from pawl.events where task_id = $1 and type = 'pawl.resumed'`,
      [child],
    ),
    [{ payload: { type: 'pawl.resumed', reason: 'its parent let it go' } }],
  )
  t.same(await world.verify(), [])
})

t.test('its parent waits for nobody who holds it; the sweep finds it afterwards', async (t) => {
  for (const table of ['tasks', 'budgets']) {
    const { parent, child } = await family()
    await pause(child)
    const other = await world.as()
    await other.query('begin')
    await other.query(`select from pawl.${table} where task_id = $1 for no key update`, [child])
    t.same(await letGo(parent), ['accepted'])
    await other.query('rollback')
    t.match(await task(child), { status: 'paused' })
    await world.tick(5000)
    t.equal(await sweep(), '0')
    t.match(await task(child), { status: 'paused' }, 'not yet')
    await world.tick(6000)
    t.not(await sweep(), '0')
    t.match(await task(child), { status: 'ready' })
    t.same(await loaded(child), [{ type: 'pawl.cancel' }])
  }
})

t.test('who is paused and was not let go rests on', async (t) => {
  const { child } = await family()
  await pause(child)
  await world.tick(60_000)
  await sweep()
  t.match(await task(child), { status: 'paused' })
})
