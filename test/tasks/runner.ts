/**
 * Graphile's runner ends on errors of the database; its supervisor starts another.
 */
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { PARCELS_APP } from '../fixtures/parcels.ts'
import { gated, manySteps, oneStep } from '../fixtures/small_machines.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { type World, workerProcess, worldOf } from '../fixtures/workers.ts'

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

t.test(
  'a worker that lost the database before its first job finds jobs all the same',
  async (t) => {
    const world = await worldOf(
      t,
      oneStep(async () => 'done'),
      db,
    )
    const proxy = await tcpProxy(t, db.url)
    proxy.cutAt('_private_tasks as tasks', (nth) => (nth === 0 ? 'before' : undefined))
    const worker = await world.work({ url: proxy.through(db.url) })
    await until('it was cut', () => proxy.cuts.length === 1)
    t.match(await world.becomes(await world.submit('one')), { status: 'succeeded' })
    await worker.stop()
  },
)

t.test('nothing is left of a runner that could not begin', async (t) => {
  const own = await freshDatabase(t)
  await registerApp(own.url, parcels)
  const proxy = await tcpProxy(t, own.url)
  proxy.cutAt(/graphile_worker"?\.migrations/, (nth) => (nth < 3 ? 'before' : undefined))
  const env = { BY_ITSELF: 'yes' }
  const worker = await workerProcess(t, { url: proxy.through(own.url), app: PARCELS_APP, env })
  await until('it could not begin, three times', () => proxy.cuts.length === 3)
  await until('it listens', async () => {
    const { rows } = await own.query(`select from pg_stat_activity where query ilike 'listen %'`)
    return rows.length > 0
  })
  t.equal(await worker.stop(), 0)
})

/** An app of steps that are done at once, but for those of tasks with this input. */
async function worldWithLongSteps(t: Parameters<typeof worldOf>[0]) {
  const step = gated()
  const isLong = (input: unknown) => JSON.stringify(input).includes('long')
  const app = oneStep((ctx) => (isLong(ctx.input) ? step.work(ctx) : Promise.resolve('done')))
  const world = await worldOf(t, app, db)
  const worker = await world.work()
  const long = await world.submit('one', { is: 'long' })
  await until('the long step is in hand', () => step.begun() === 1)
  return { world, worker, step, long }
}

/** A job that is done and cannot be said to be done ends the runner. */
async function endRunner(world: World): Promise<void> {
  const broken = `
    create function pawl.refuse() returns trigger language plpgsql
    as 'begin raise exception ''not now''; end'`
  await db.query(broken)
  await db.query(`
    create trigger refuse before delete on graphile_worker._private_jobs
    for each row execute function pawl.refuse()`)
  await world.becomes(await world.submit('one'), 'succeeded')
  const isEnded = () => world.logged.some((line) => line.message.startsWith('the job runner ended'))
  await until('the runner has ended', isEnded)
  await db.query('drop function pawl.refuse() cascade')
}

t.test('a runner that an error ended is replaced, whoever is still at work in it', async (t) => {
  const { world, step, long } = await worldWithLongSteps(t)
  await endRunner(world)
  // This cannot be the runner that still waits for the long step.
  await world.becomes(await world.submit('one'), 'succeeded', 10_000)
  t.equal((await world.task(long)).status, 'ready')
  step.open()
  await world.becomes(long, 'succeeded')
  t.equal(step.begun(), 1)
  t.same(await world.verify(), [])
})

t.test('the jobs that a runner held when it ended are free again', async (t) => {
  const { world, worker, step } = await worldWithLongSteps(t)
  const pool = async () => {
    const { rows } = await db.query<{ pool: string }>(
      'select graphile_pool_id as pool from pawl.workers where worker_id = $1',
      [worker.worker_id],
    )
    return rows[0]?.pool
  }
  const first = await until('its pool is known', pool)
  await db.query('begin')
  const held = await world.submit('one')
  await db.query(
    `update graphile_worker._private_jobs set locked_by = $1, locked_at = now()
     where payload::text like '%' || $2 || '%'`,
    [first, held],
  )
  await db.query('commit')
  await endRunner(world)
  await world.becomes(held, 'succeeded', 10_000)
  t.not(await pool(), first)
  step.open()
})
