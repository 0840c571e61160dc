/** The look-out and whoever parks a task lock the task first, and wait for nobody who has it. */
import t from 'tap'
import { doneItem, goItem, newStep } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
const waiting = async () => {
  const site = await world.begun(await world.worker())
  t.same(await world.commit(doneItem(site)), ['accepted'])
  return site
}

t.test('who looks for forgotten actions waits for nobody who holds their task', async (t) => {
  const site = await waiting()
  const act = newStep(2, false, { kind: 'action' })
  t.same(await world.commit(goItem(site, 2, 0, { open_steps: [act] })), ['accepted'])
  await world.query('delete from graphile_worker._private_jobs')
  await world.tick(31_000)
  const sweeper = await world.as()
  const look = async () => {
    const text = `select pawl.wake_forgotten(interval '30 seconds') as woken`
    return (await sweeper.query(text)).rows[0].woken
  }
  const locked = `select from pawl.tasks where task_id = $1 for no key update`
  const owner = await world.as()
  await owner.query('begin')
  await owner.query(locked, [site.task_id])
  await sweeper.query(`set lock_timeout = '2s'`)
  t.equal(await look().catch((error: Error) => error.message), '0')
  await owner.query('rollback')
  await world.tick(6000)
  t.equal(await look(), '1', 'a later look finds it')
})

t.test('who parks a task leaves it and its events to whoever holds it', async (t) => {
  const { task_id } = await waiting()
  await world.query(`select pawl.send_event($1, '{"type": "mouse.up"}')`, [task_id])
  await world.query(`update pawl.tasks set status = 'ready' where task_id = $1`, [task_id])
  const event_no = await world.value('select event_no from pawl.events where task_id = $1', [
    task_id,
  ])
  const decider = await world.as()
  await decider.query('begin')
  await decider.query('select from pawl.tasks where task_id = $1 for no key update', [task_id])
  const park = () =>
    world.value(`select pawl.park_task($1, 2, 'waiting', $2)`, [task_id, [event_no]], worker)
  t.equal(await park(), null, 'it is told so')
  const seen = () =>
    world.value('select seen_revision::integer from pawl.events where task_id = $1', [task_id])
  t.equal(await seen(), null)
  await decider.query('commit')
  t.equal(await park(), true)
  t.equal(await seen(), 2)
})

t.test(
  'who parks a task that has moved since he looked leaves its events to the next',
  async (t) => {
    const { task_id } = await waiting()
    await world.query(`select pawl.send_event($1, '{"type": "mouse.up"}')`, [task_id])
    await world.query('delete from graphile_worker._private_jobs')
    await worker.query(
      `select pawl.park_task($1, 1, 'waiting', array(
       select event_no from pawl.events where task_id = $1))`,
      [task_id],
    )
    t.match(
      await world.rows('select seen_revision from pawl.events where task_id = $1', [task_id]),
      [{ seen_revision: null }],
    )
    t.same(await world.rows('select payload from graphile_worker._private_jobs'), [
      { payload: [task_id] },
    ])
  },
)
