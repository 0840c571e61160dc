/**
 * Workers killed at random, and one step that kills each worker that runs it.  The guilty one is
 * found out, tried alone; no innocent one is.
 */
import { join } from 'node:path'
import t from 'tap'
import { type Supervisor, superviseWorkers } from '../../src/cli/supervise.ts'
import risky from '../fixtures/apps/risky.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { countEnded } from '../fixtures/parcels.ts'
import { seeded } from '../fixtures/seeded.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const APP = join(import.meta.dirname, '..', 'fixtures', 'apps', 'risky.ts')
const TASKS = 120
const KILLS = 10
const WORKERS = 3
const SEED = 20261123

t.setTimeout(150_000)

t.test('a step that kills its workers fails as poison among many random kills', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(t, risky, db)
  const crew = crewOf(t, db.url)
  const kill = killerOf(crew)
  await submit(1, TASKS / 2)
  const deadly = await world.submit('risky', { n: 0, deadly: true })
  await submit(TASKS / 2 + 1, TASKS)
  for (let kills = 1; kills <= KILLS; kills++) {
    await until('tasks go on', async () => (await countEnded(db)) >= kills * 3, 60_000)
    kill()
  }
  await until('all have ended', async () => (await countEnded(db)) === TASKS + 1, 90_000)
  await crew.stop()

  const { rows: failed } = await db.query('select task_id from pawl.tasks where status = $1', [
    'failed',
  ])
  t.same(failed, [{ task_id: deadly }], 'every innocent task succeeded')
  const { rows: poisonous } = await db.query(
    `select task_id, src, error ->> 'code' as code from pawl.steps where status = 'failed'`,
  )
  t.same(poisonous, [{ task_id: deadly, src: 'risk', code: 'poison' }])
  const { rows: reviews } = await db.query('select task_id, kind, status from pawl.reviews')
  t.same(reviews, [{ task_id: deadly, kind: 'poison', status: 'waiting' }])
  const { rows: crowded } = await db.query(
    `select a.task_id from pawl.attempts as a
     join pawl.attempts as b
       on b.worker_id = a.worker_id
       and (b.task_id, b.step_no) <> (a.task_id, a.step_no)
       and (b.started_at, b.finished_at) overlaps (a.started_at, a.finished_at)
     where a.alone`,
  )
  t.same(crowded, [], 'who was tried alone was alone')
  t.same(await world.verify(), [])

  async function submit(first: number, last: number): Promise<void> {
    await db.query(
      `insert into pawl.tasks (machine, input)
       select 'risky', jsonb_build_object('n', n) from generate_series($1::integer, $2) as n`,
      [first, last],
    )
  }
})

t.test('where nobody else dies, two deaths alone are enough', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(t, risky, db)
  const crew = crewOf(t, db.url)
  const deadly = await world.submit('risky', { n: 0, deadly: true })
  t.match(await world.becomes(deadly, 'failed', 60_000), { error: { code: 'poison' } })
  await crew.stop()
  const { rows } = await db.query('select deaths, deaths_alone from pawl.steps where step_no = 2')
  t.same(rows, [{ deaths: 4, deaths_alone: 2 }])
  t.same(await world.verify(), [])
})

function crewOf(t: { teardown(work: () => void): void }, url: string): Supervisor {
  const log = { info: () => undefined, warn: () => undefined }
  const crew = superviseWorkers({ url, app_file: APP, count: WORKERS, concurrency: 8, log })
  t.teardown(() => crew.kill())
  return crew
}

function killerOf(crew: Supervisor): () => void {
  const random = seeded(SEED)
  return () => {
    const pids = crew.pids()
    const pid = pids[Math.floor(random() * pids.length)]
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
}
