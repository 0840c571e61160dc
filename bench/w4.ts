/**
 * W4: steps that wait, as for a model: a thousand tasks, five hundred of them in hand at once in
 * one process.  Ideally nobody waits but for the steps themselves: what is missing to that is ours.
 */
import { MODEL_LIKE } from './app.ts'
import type { Bench } from './bench.ts'
import { costsOf } from './costs.ts'
import { type BenchDatabase, pause } from './database.ts'
import { median, shown, spread } from './figures.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const TASKS = 1000
const CONCURRENCY = 500
const REPEATS = 3
const LOOK_MS = 500

export const w4: Workload = {
  name: 'W4',
  title: '1,000 tasks of 20 steps that wait 200 ms, 500 at once in one process',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench, { repeats, quick }: Options): Promise<Report> {
  const tasks = quick ? CONCURRENCY : TASKS
  const steps = tasks * MODEL_LIKE.steps
  const ideal_s = ((tasks / CONCURRENCY) * MODEL_LIKE.steps * MODEL_LIKE.step_ms) / 1000
  const db = await bench.database()
  const worker = await bench.work(db, CONCURRENCY)
  // A process and tables that are new are slow to begin with: this run warms them, counted nowhere.
  await db.submit(MODEL_LIKE.machine, CONCURRENCY)
  await db.drained()
  const runs = []
  for (let run = 0; run < (repeats ?? REPEATS); run++) {
    const crowd = await watchCrowd(await bench.another(db))
    const costs = await costsOf({ bench, db, workers: [worker] }, async () => {
      await db.submit(MODEL_LIKE.machine, tasks)
      await db.drained()
    })
    runs.push({ ...costs, in_hand: await crowd.stop() })
  }
  const worker_mb = worker.peakMb()
  await worker.stop()
  await bench.drop(db)
  const figures = {
    share_of_ideal: runs.map((it) => ideal_s / it.elapsed_s),
    elapsed_s: runs.map((it) => it.elapsed_s),
    steps_in_hand: runs.map((it) => it.in_hand),
    worker_mb,
    worker_cpu_s_per_1000_steps: runs.map((it) => (it.worker_cpu_s / steps) * 1000),
    postgres_cpu_s_per_1000_steps: runs.map((it) => (it.postgres_cpu_s / steps) * 1000),
    round_trips_per_step: runs.map((it) => it.round_trips / steps),
  }
  const table: Row[] = [
    ['share of the ideal', spread(figures.share_of_ideal), 'at least 0.95'],
    ['seconds', spread(figures.elapsed_s), `ideal ${ideal_s}`],
    ['steps in hand, median of looks', shown(median(figures.steps_in_hand)), `of ${CONCURRENCY}`],
    ['worker memory, MB', shown(worker_mb), 'under 400'],
    ['CPU s per 1,000 steps, worker', spread(figures.worker_cpu_s_per_1000_steps)],
    ['CPU s per 1,000 steps, Postgres', spread(figures.postgres_cpu_s_per_1000_steps)],
    ['round trips per step', spread(figures.round_trips_per_step)],
  ]
  const { step_ms } = MODEL_LIKE
  return {
    figures,
    table,
    settings: { tasks, steps: MODEL_LIKE.steps, step_ms, concurrency: CONCURRENCY },
  }
}

/** How many steps are in hand while it goes on, by a connection of its own, which it closes. */
async function watchCrowd(db: BenchDatabase) {
  const leaf = await db.leaf('attempts')
  const seen: number[] = []
  let watching = true
  const watched = (async () => {
    while (watching) {
      await pause(LOOK_MS)
      const text = `select count(*)::integer as in_hand from ${leaf} where finished_at is null`
      const [row] = await db.look<{ in_hand: number }>(text)
      if (watching) seen.push(row?.in_hand ?? 0)
    }
  })()
  return {
    async stop(): Promise<number> {
      watching = false
      await watched
      await db.close()
      return median(seen)
    },
  }
}
