/**
 * Graphile's runner ends on errors of the database; its supervisor starts it again.
 */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { manySteps, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

t.test('a worker whose connections are all ended goes on', async (t) => {
  let ran = 0
  const world = await worldOf(
    t,
    manySteps(async () => ++ran),
    db,
  )
  const worker = await world.work()
  const task_ids: string[] = []
  for (let n = 0; n < 10; n++) task_ids.push(await world.submit('many', { steps: 40 }))
  for (let times = 1; times <= 3; times++) {
    await until('it is at work', () => ran > times * 40)
    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
  }
  for (const task_id of task_ids) {
    t.match(await world.becomes(task_id), { status: 'succeeded', revision: 41 })
  }
  t.equal(ran, 400, 'each step ran once')
  t.same(await world.verify(), [])
  await worker.stop()
})

t.test('a runner that an error ended is started again', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 'done'),
    db,
  )
  await world.work()
  await world.becomes(await world.submit('one'), 'succeeded')
  await db.query('alter table graphile_worker._private_jobs rename to mislaid')
  await until('the runner has ended', () => ended(world) > 0)
  await db.query('alter table graphile_worker.mislaid rename to _private_jobs')
  await world.becomes(await world.submit('one'), 'succeeded')
  t.pass('work goes on')
})

t.test('the jobs that a runner held when it ended are free again', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 'done'),
    db,
  )
  const worker = await world.work()
  const pool = async () => {
    const { rows } = await db.query<{ pool: string }>(
      'select graphile_pool_id as pool from pawl.workers where worker_id = $1',
      [worker.worker_id],
    )
    return rows[0]?.pool ?? undefined
  }
  const first = await until('its pool is known', pool)
  await db.query('begin')
  const task_id = await world.submit('one')
  await db.query('update graphile_worker._private_jobs set locked_by = $1, locked_at = now()', [
    first,
  ])
  await db.query('commit')
  await db.query(`alter table graphile_worker._private_jobs rename to mislaid`)
  await until('the runner has ended', () => ended(world) > 0)
  await db.query('alter table graphile_worker.mislaid rename to _private_jobs')
  await world.becomes(task_id, 'succeeded', 10_000)
  t.not(await pool(), first)
})

function ended(world: World): number {
  return world.logged.filter((line) => line.message.startsWith('the job runner ended')).length
}
