/** Workers whose clocks are hours off, each in its own direction: nothing is decided by them. */
import { join } from 'node:path'
import t from 'tap'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP, submitParcels, untilAllEnded } from '../fixtures/parcels.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

const TASKS = 60
const LATENCY_MS = 20
const HOUR_MS = 3_600_000
const SKEWED = join(import.meta.dirname, '..', 'fixtures', 'skewed_clock.ts')

t.setTimeout(90_000)

t.test('workers whose clocks are hours off do everything right', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(t, parcels, db)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const hire = (hours: number) =>
    workerProcess(t, {
      url: db.url,
      app: PARCELS_APP,
      concurrency: 4,
      env: { PARCELS_URL: outside.url, SKEW_MS: String(hours * HOUR_MS) },
      node: ['--import', SKEWED],
    })
  const crew = [await hire(-5), await hire(9), await hire(0)]
  const dead = await hire(30)
  await submitParcels(db, TASKS)
  await until('a fourth has something in hand', async () => {
    const { rows } = await db.query(
      'select from pawl.attempts where worker_id = $1 and finished_at is null',
      [dead.worker_id],
    )
    return rows.length > 0
  })
  await dead.kill()
  await untilAllEnded(db, TASKS, 60_000)
  const late = await world.submit('parcel', { id: TASKS + 1 })
  await world.becomes(late, 'succeeded')
  await until('the dead one is buried', async () => {
    const { rows } = await db.query(
      'select worker_id from pawl.workers where buried_at is not null',
    )
    return rows.length > 0
  })
  const { rows: buried } = await db.query(
    'select worker_id from pawl.workers where buried_at is not null',
  )
  t.same(buried, [{ worker_id: dead.worker_id }], 'nobody was buried who lived')
  const { rows: dates } = await db.query(
    `select 'workers' as of from pawl.workers where abs(extract(epoch from heartbeat_at - now())) > 600
     union select 'tasks' from pawl.tasks where abs(extract(epoch from finished_at - now())) > 600
     union select 'attempts' from pawl.attempts where abs(extract(epoch from started_at - now())) > 600
     union select 'diary' from pawl.transitions where abs(extract(epoch from created_at - now())) > 600
     union select 'calls' from pawl.tool_calls where abs(extract(epoch from intended_at - now())) > 600`,
  )
  t.same(dates, [], 'every date is the database’s')
  for (const worker of crew) t.equal(await worker.stop(), 0, worker.said())
  await checkParcels(t, db, outside, TASKS + 1)
})
