/**
 * The run behind W1 and W3: tasks of five trivial steps, enqueued up front, from the insert until
 * none is left.
 */
import { FIVE } from './app.ts'
import type { Bench, WorkerProcess } from './bench.ts'
import { type Costs, costsOf } from './costs.ts'
import type { BenchDatabase } from './database.ts'

export const CONCURRENCY = 200

export type Site = { bench: Bench; db: BenchDatabase; worker: WorkerProcess }

export type Run = Costs & { steps: number; steps_per_s: number }

export async function startSite(bench: Bench, db: BenchDatabase): Promise<Site> {
  return { bench, db, worker: await bench.work(db, CONCURRENCY) }
}

export async function runFiveSteps({ bench, db, worker }: Site, tasks: number): Promise<Run> {
  const costs = await costsOf({ bench, db, workers: [worker] }, async () => {
    await db.submit(FIVE.machine, tasks)
    await db.drained()
  })
  const steps = tasks * FIVE.steps
  return { ...costs, steps, steps_per_s: steps / costs.elapsed_s }
}

/** What each run shows of one of its costs, for a step. */
export function perStep(runs: readonly Run[], cost: keyof Costs): number[] {
  return runs.map((run) => run[cost] / run.steps)
}
