/**
 * A child that rests and is let go by its parent goes on, for only then can it clean up; what it
 * says then reaches nobody.
 */
import t from 'tap'
import { doneItem, EDGE, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task } = looks(world)
const pause = (task_id: string) => world.query('select pawl.pause_task($1)', [task_id])
const sweep = () => world.value<string>(`select pawl.wake_forgotten('10 seconds')`)

/** Begins a child in the state that the task comes to. */
const bearing = (step_no: number) => ({
  open_steps: [newStep(step_no, false, { kind: 'child', src: 'errand', input: { n: 1 } })],
  beyond: { start: [{ step_no, machine: 'errand' }] },
})

const childOf = (task_id: string) =>
  world.value<string>('select child_task_id from pawl.steps where task_id = $1', [task_id])

/** A parent at `calling` whose child has begun, with 60 s to live. */
async function family(begins: object = { open_steps: [] }) {
  const parent = await world.submit()
  await world.commit(startItem(parent, worker_id, bearing(1)))
  const child = await childOf(parent)
  await world.commit(startItem(child, worker_id, begins))
  await world.query(`select pawl.raise_budget($1, '{"wall_clock_ms": 60000}', 'me')`, [child])
  return { parent, child }
}

/** The parent leaves its first step, whose child is told. */
const leaves = (parent: string, more: object) =>
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
      ...more,
    }),
  )

/** For an error stops it. */
const letGo = (parent: string) =>
  leaves(parent, {
    status: 'failed',
    error: { code: 'broken', message: 'it broke' },
    beyond: { stop: [1] },
  })

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

t.test('who rests with one above it that was let go goes on like that one', async (t) => {
  const { parent, child } = await family(bearing(1))
  const grandchild = await childOf(child)
  await world.commit(startItem(grandchild, worker_id, { open_steps: [] }))
  await pause(child)
  t.match(await task(grandchild), { status: 'paused' })
  await world.tick(60_000)
  await sweep()
  t.match(await task(grandchild), { status: 'paused' }, 'not before')
  t.same(await letGo(parent), ['accepted'])
  t.match(await task(child), { status: 'ready' })
  await world.tick(31_000)
  await sweep()
  t.match(await task(grandchild), { status: 'ready' })
  t.same(await loaded(grandchild), [{ type: null }], 'nobody told it to end')
})

t.test('its parent hears nothing of it any more, for another may stand in its place', async (t) => {
  const { parent, child } = await family({ open_steps: [newStep(1, true)] })
  const says = (task_id: string, type: string) =>
    world.commit(
      doneItem(
        { task_id, step_no: 1, attempt: 1, worker_id },
        { beyond: { send: [{ step_no: null, event: { type } }] } },
      ),
    )
  const { open_steps, beyond } = bearing(2)
  t.same(await leaves(parent, { open_steps, beyond: { ...beyond, stop: [1] } }), ['accepted'])
  const text = 'select child_task_id from pawl.steps where task_id = $1 and step_no = 2'
  const second = await world.value<string>(text, [parent])
  await world.commit(startItem(second, worker_id))
  t.same(await says(child, 'mouse.left'), ['accepted'])
  t.same(await says(second, 'mouse.up'), ['accepted'])
  const heard = `select type, cause_no::integer from pawl.events
    where task_id = $1 and cause = 'child'`
  t.same(await world.rows(heard, [parent]), [{ type: 'mouse.up', cause_no: 2 }])
})
