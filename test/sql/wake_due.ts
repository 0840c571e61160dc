/** Timers and pauses, by the database's clock. */
import t from 'tap'
import { doneItem, goItem, type Site } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps } = looks(world)
const worker = world.roles.pawl_worker
const due = () => world.value<string>('select pawl.wake_due()', [], worker)
const inbox = (task_id: string) =>
  world.rows('select cause, type, sent_by from pawl.events where task_id = $1 order by event_no', [
    task_id,
  ])
const jobs = async () => Number((await world.counted())['jobs'])
const timed = async (...delays: number[]) => {
  const site: Site = await world.begun(worker_id)
  const set_timers = delays.map((delay_ms) => ({
    timer_id: `t${delay_ms}`,
    delay_ms,
    event: { type: `after${delay_ms}` },
  }))
  await world.commit(doneItem(site, { set_timers }))
  return site
}

t.test('a timer fires when it is due, not before, and once', async (t) => {
  const { task_id } = await timed(1000, 2000)
  await world.tick(999)
  t.equal(await due(), '0')
  t.match(await task(task_id), { status: 'waiting' })
  await world.tick(1)
  const before = await jobs()
  t.equal(await due(), '1')
  t.same(await inbox(task_id), [{ cause: 'timer', type: 'after1000', sent_by: 'timer' }])
  t.match(await task(task_id), { status: 'ready' })
  t.equal(await jobs(), before + 1)
  t.equal(await due(), '0')
  await world.tick(5000)
  t.equal(await due(), '1')
  t.equal((await inbox(task_id)).length, 2)
})

t.test('a pause that is over leaves its step free', async (t) => {
  const { task_id } = await world.begun(worker_id)
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 700)`, [task_id])
  t.match(await steps(task_id), [{ waits_for: 'retry' }])
  await world.tick(700)
  t.equal(await due(), '1')
  t.match(await steps(task_id), [{ waits_for: null, wake_at: null }])
  t.match(await task(task_id), { status: 'ready' })
  t.equal(await due(), '0')
})

t.test('a task whose row is held, or which is paused, waits for a later tick', async (t) => {
  const [held, paused] = [await timed(100), await timed(100)]
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [paused.task_id])
  await world.tick(100)
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for no key update', [held.task_id])
  t.equal(await due(), '0')
  await holder.query('rollback')
  t.equal(await due(), '1')
  t.same(await inbox(paused.task_id), [])
  await world.query(`update pawl.tasks set status = 'waiting' where task_id = $1`, [paused.task_id])
  t.equal(await due(), '1')
})

t.test('paused tasks with many timers keep nobody else waiting', async (t) => {
  const paused = await timed(1)
  await world.query(
    `insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
     select $1, 'x' || n, pawl.clock(), '{"type": "x"}', 1 from generate_series(1, 600) as n`,
    [paused.task_id],
  )
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [paused.task_id])
  const other = await timed(100)
  await world.tick(100)
  t.equal(await due(), '1')
  t.equal((await inbox(other.task_id)).length, 1)
})

t.test('a task that has ended has no timers left to fire', async (t) => {
  const site = await timed(100)
  await world.commit(goItem(site, 2, 0))
  await world.tick(100)
  t.equal(await due(), '0')
  t.same(await inbox(site.task_id), [])
})

t.test('a deadline fires as the event that the machine takes', async (t) => {
  const { task_id } = await world.begun(worker_id, { budget: '{"wall_clock_ms": 1000}' })
  await world.tick(1000)
  t.equal(await due(), '1')
  t.match(await inbox(task_id), [{ cause: 'timer', type: 'pawl.deadline' }])
})
