/**
 * Postgres dies under its workers, and comes back.  The workers wait for it and go on.
 */
import pg from 'pg'
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { connectionConfig } from '../../src/database/connection.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { ownCluster } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import {
  checkParcels,
  countEnded,
  PARCELS_APP,
  submitParcels,
  untilAllEnded,
} from '../fixtures/parcels.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess } from '../fixtures/workers.ts'

const TASKS = 120
const LATENCY_MS = 30
/** Longer than a lease: nobody can show a sign of life meanwhile. */
const DOWN_MS = 6000

t.setTimeout(120_000)

t.test('Postgres is killed, stopped and gone for a while, and no effect is lost', async (t) => {
  const cluster = await ownCluster(t)
  const url = cluster.database
  await registerApp(url, parcels)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const db = patient(url)
  t.teardown(() => db.end())
  await submitParcels(db, TASKS)
  const env = { PARCELS_URL: outside.url }
  const options = { url, app: PARCELS_APP, concurrency: 5, env }
  const workers = await Promise.all([workerProcess(t, options), workerProcess(t, options)])
  const worked = (share: number) =>
    until('tasks go on', async () => (await countEnded(db)) > TASKS * share, 30_000)

  await worked(0.1)
  await cluster.kill()
  await cluster.start()

  await worked(0.35)
  await cluster.stop('immediate')
  await cluster.start()

  await worked(0.6)
  await cluster.stop('fast')
  await new Promise((resolve) => setTimeout(resolve, DOWN_MS))
  await cluster.start()

  await untilAllEnded(db, TASKS, 60_000)
  for (const worker of workers) {
    t.equal(await worker.stop(), 0, `it stops in good order ${worker.said().slice(-3000)}`)
    t.notMatch(worker.said(), /unhandled|UnhandledPromise/i)
  }
  await checkParcels(t, db, outside, TASKS)
  const { rows: blamed } = await db.query(
    `select from pawl.attempts where outcome in ('failed', 'lost')`,
  )
  t.same(blamed, [], 'no step was blamed for it')
  const { rows: buried } = await db.query('select from pawl.workers where buried_at is not null')
  t.same(buried, [], 'and no worker')
})

t.test('a worker told to stop while Postgres is gone stops all the same', async (t) => {
  const cluster = await ownCluster(t)
  const url = cluster.database
  await registerApp(url, parcels)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const db = patient(url)
  t.teardown(() => db.end())
  await submitParcels(db, TASKS)
  const env = { PARCELS_URL: outside.url }
  const worker = await workerProcess(t, { url, app: PARCELS_APP, env })
  await until('tasks go on', async () => (await countEnded(db)) > 5)
  await cluster.kill()
  const begun = performance.now()
  t.equal(await worker.stop(), 0)
  const took = performance.now() - begun
  t.ok(took < 10_500, `it ended after ${Math.round(took)} ms`)
})

/** Asks again while Postgres is not there. */
function patient(url: string) {
  const pool = new pg.Pool({ ...connectionConfig(url), max: 1 })
  pool.on('error', () => undefined)
  return {
    end: () => pool.end(),
    query: <Row extends pg.QueryResultRow>(text: string, params?: unknown[]) =>
      until('Postgres answers', () => pool.query<Row>(text, params).catch(() => undefined)),
  }
}
