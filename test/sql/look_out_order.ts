/** The look-out and whoever parks a task lock the task first, so that nobody waits in a circle. */
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

t.test('who parks a task waits for it before its events', async (t) => {
  const { task_id } = await waiting()
  await world.query(`select pawl.send_event($1, '{"type": "mouse.up"}')`, [task_id])
  await world.query(`update pawl.tasks set status = 'ready' where task_id = $1`, [task_id])
  const event_no = await world.value('select event_no from pawl.events where task_id = $1', [
    task_id,
  ])
  const decider = await world.as()
  await decider.query('begin')
  await decider.query('select from pawl.tasks where task_id = $1 for no key update', [task_id])
  const park = worker
    .query(`select pawl.park_task($1, 2, 'waiting', $2)`, [task_id, [event_no]])
    .catch((error: Error) => error.message)
  await world.waiting()
  const touch = 'update pawl.events set created_at = created_at where task_id = $1'
  const touched = await decider.query(touch, [task_id]).catch((error: Error) => error.message)
  await decider.query('commit')
  t.match(touched, { rowCount: 1 })
  t.match(await park, { rowCount: 1 })
})
