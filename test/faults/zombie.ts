/**
 * A worker that stands still for longer than its lease and then goes on as if nothing had
 * happened.  Others have taken over by then: whatever it still writes is refused.
 */
import t from 'tap'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP, submitParcels, untilAllEnded } from '../fixtures/parcels.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

const TASKS = 30
const LATENCY_MS = 150

t.setTimeout(90_000)

t.test('a worker that wakes up after its burial writes nothing and comes back', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(t, parcels, db)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const env = { PARCELS_URL: outside.url }
  const options = { url: db.url, app: PARCELS_APP, concurrency: 10, env }
  const zombie = await workerProcess(t, options)
  await submitParcels(db, TASKS)
  await until('it has an effect under way', () =>
    outside.log.some((it) => it.path === '/keyed' && it.did === 'applied'),
  )
  zombie.signal('SIGSTOP')
  const { rows: held } = await db.query(
    'select task_id from pawl.attempts where worker_id = $1 and finished_at is null',
    [zombie.worker_id],
  )
  t.ok(held.length > 0, `it held ${held.length} steps when it fell asleep`)

  const other = await workerProcess(t, options)
  await untilAllEnded(db, TASKS, 40_000)
  const before = await booksOf()
  zombie.signal('SIGCONT')
  const again = await until('it came back under a new id', async () => {
    const { rows } = await db.query<{ worker_id: string }>(
      'select worker_id from pawl.workers where pid = $1 and buried_at is null',
      [zombie.pid],
    )
    return rows[0]?.worker_id
  })
  t.not(again, zombie.worker_id)
  t.same(await booksOf(), before, 'all that it wrote late was refused')
  t.match(zombie.said(), /buried/)
  await checkParcels(t, db, outside, TASKS)
  const { rows: lost } = await db.query(
    `select distinct outcome from pawl.attempts where worker_id = $1 and task_id = any ($2)
     and finished_at > (select buried_at from pawl.workers where worker_id = $1)`,
    [zombie.worker_id, held.map((row) => row['task_id'])],
  )
  t.same(lost, [], 'its attempts ended when it was buried')

  t.equal(await other.stop(), 0)
  const task_id = await world.submit('parcel', { id: TASKS + 1 })
  await world.becomes(task_id, 'succeeded')
  t.equal(await zombie.stop(), 0)
  await checkParcels(t, db, outside, TASKS + 1)

  /** All that a late write could change. */
  async function booksOf() {
    const { rows } = await db.query(
      `select
         (select json_agg(t order by task_id, revision) from pawl.transitions as t) as diary,
         (select json_agg(s order by task_id, step_no) from pawl.steps as s) as steps,
         (select json_agg(a order by task_id, step_no, attempt) from pawl.attempts as a) as attempts,
         (select json_agg(t order by task_id) from pawl.tasks as t) as tasks`,
    )
    return rows
  }
})
