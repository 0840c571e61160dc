/**
 * A worker whose main loop stands still: its thread could go on saying that it lives, and says
 * nothing, so that somebody takes over.
 */
import { join } from 'node:path'
import t from 'tap'
import risky from '../fixtures/apps/risky.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

const APP = join(import.meta.dirname, '..', 'fixtures', 'apps', 'risky.ts')

t.setTimeout(60_000)

const db = await freshDatabase(t)
const world = await worldOf(t, risky, db)

async function blocked(silent_ms: number, blocks_ms: number) {
  const figures = { lease_ms: 1000, silent_ms }
  const worker = await workerProcess(t, {
    url: db.url,
    app: APP,
    env: { RISKY_BLOCKS_MS: String(blocks_ms) },
    figures,
  })
  const task_id = await world.submit('risky', { n: 1, ms: 1 })
  await until('its main loop stands still', async () => {
    const { rows } = await db.query(
      `select from pawl.attempts as a join pawl.steps as s using (task_id, step_no)
       where a.task_id = $1 and a.worker_id = $2 and s.src = 'risk' and a.finished_at is null`,
      [task_id, worker.worker_id],
    )
    return rows.length > 0
  })
  const other = await workerProcess(t, { url: db.url, app: APP, figures: { lease_ms: 1000 } })
  await world.becomes(task_id, 'succeeded')
  const { rows } = await db.query(
    `select a.outcome, a.worker_id = $2 as by_the_first
     from pawl.attempts as a join pawl.steps as s using (task_id, step_no)
     where a.task_id = $1 and s.src = 'risk' order by a.attempt`,
    [task_id, worker.worker_id],
  )
  return { worker, other, attempts: rows }
}

t.test('a main loop that stands still for too long is taken for dead', async (t) => {
  const { worker, other, attempts } = await blocked(1000, 6000)
  t.same(attempts, [
    { outcome: 'lost', by_the_first: true },
    { outcome: 'succeeded', by_the_first: false },
  ])
  await until('it came back under a new id', async () => {
    const { rows } = await db.query(
      `select from pawl.workers
       where pid = $1 and worker_id <> $2 and buried_at is null and heartbeat_at > now() - interval '2 seconds'`,
      [worker.pid, worker.worker_id],
    )
    return rows.length > 0
  })
  t.equal(await worker.stop(), 0)
  t.equal(await other.stop(), 0)
  t.same(await world.verify(), [])
})

t.test('one that is merely busy, for longer than its lease, is not', async (t) => {
  const { worker, other, attempts } = await blocked(6000, 3000)
  t.same(attempts, [{ outcome: 'succeeded', by_the_first: true }])
  t.equal(await worker.stop(), 0)
  t.equal(await other.stop(), 0)
})
