/** Somebody lays hands on Graphile's tables while tasks are under way: none of them is lost. */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { manySteps } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const TASKS = 30
const BLOWS = 3
/** A second is long enough to wait for a wake-up here. */
const figures = { lease_ms: 1000, patience_ms: 1000 }

t.setTimeout(150_000)

const db = await freshDatabase(t)

const BLOWS_BY_HAND = {
  'all jobs are deleted': 'delete from graphile_worker._private_jobs',
  'all jobs are locked under the id of nobody': `
    update graphile_worker._private_jobs
    set locked_by = 'pool-of-nobody', locked_at = now() - interval '1 hour'`,
  'all jobs are locked just now under the id of nobody': `
    update graphile_worker._private_jobs set locked_by = 'pool-of-nobody', locked_at = now()`,
  'all jobs have failed for good': `
    update graphile_worker._private_jobs set attempts = max_attempts, locked_at = null, locked_by = null`,
}

for (const [what, blow] of Object.entries(BLOWS_BY_HAND)) {
  t.test(`${what}, again and again, and every task ends`, async (t) => {
    const world = await worldOf(
      t,
      manySteps(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return null
      }),
      db,
    )
    await world.query(
      `insert into pawl.tasks (machine, input) select 'many', '{"steps": 15}' from generate_series(1, $1)`,
      [TASKS],
    )
    await world.query(blow)
    const workers = [
      await world.work({ concurrency: 8, figures }),
      await world.work({ concurrency: 8, figures }),
    ]
    for (let blows = 1; blows <= BLOWS; blows++) {
      const live = await alive(world)
      await until('tasks go on', async () => (await alive(world)) < live, 30_000)
      await world.query(blow)
    }
    await until('all have ended', async () => (await alive(world)) === 0, 30_000)
    t.same(await world.verify(), [])
    for (const worker of workers) await worker.stop()
  })
}

async function alive(world: World): Promise<number> {
  const { rows } = await world.query<{ n: number }>(
    'select count(*)::integer as n from pawl.tasks where finished_at is null',
  )
  return rows[0]?.n ?? 0
}
