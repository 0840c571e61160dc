/**
 * One bulk insert is for all workers: whoever comes first takes what it has room for, and the
 * rest is there for the others.
 */
import t from 'tap'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP, untilAllEnded } from '../fixtures/parcels.ts'
import { gated, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

const TASKS = 200
const LATENCY_MS = 30

t.setTimeout(90_000)

t.test('two workers share one bulk insert evenly', async (t) => {
  const db = await freshDatabase(t)
  await worldOf(t, parcels, db)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const env = { PARCELS_URL: outside.url }
  const options = { url: db.url, app: PARCELS_APP, concurrency: 8, env }
  const crew = [await workerProcess(t, options), await workerProcess(t, options)]
  await db.query(
    `insert into pawl.tasks (machine, input)
     select 'parcel', jsonb_build_object('id', n) from generate_series(1, $1::integer) as n`,
    [TASKS],
  )
  await untilAllEnded(db, TASKS, 60_000)
  const { rows } = await db.query<{ share: number }>(
    `select count(*)::float8 / sum(count(*)) over () as share
     from pawl.attempts group by worker_id`,
  )
  const shares = rows.map(({ share }) => share)
  t.ok(shares.length === 2 && Math.min(...shares) > 0.35, `split ${shares.join(' to ')}`)
  for (const worker of crew) t.equal(await worker.stop(), 0, worker.said())
  await checkParcels(t, db, outside, TASKS)
})

t.test('a full worker passes on what it has no room for, in its old place', async (t) => {
  const step = gated()
  const world = await worldOf(t, oneStep(step.work))
  await world.query(
    `insert into pawl.tasks (machine, input, priority) select 'one', '{}', 7 from generate_series(1, 50)`,
  )
  const place = 'select run_at, priority from graphile_worker._private_jobs'
  const { rows: before } = await world.query(place)
  await world.work({ concurrency: 2 })
  await until('two are in hand', () => step.begun() === 2)
  const { rows: after } = await until('what has no room is there for others', async () => {
    const seen = await world.query(
      `${place} where locked_at is null and json_array_length(payload) = 46`,
    )
    return seen.rows.length === 1 && seen
  })
  t.same(after, before)
  step.open()
  await until('all have ended', async () => {
    const { rows } = await world.query('select from pawl.tasks where finished_at is null')
    return rows.length === 0
  })
  t.equal(step.begun(), 50, 'each once')
  t.same(await world.verify(), [])
})
