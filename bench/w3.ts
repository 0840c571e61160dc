/**
 * W3: is it still as fast with a million finished steps in the tables?  Two databases, one empty
 * and one full, each with a worker of its own; the runs take turns, so that whatever else the
 * machine does meets both.
 */
import { copyTask } from '../test/fixtures/many_tasks.ts'
import { FIVE } from './app.ts'
import type { Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { median, shown, spread } from './figures.ts'
import { CONCURRENCY, perStep, type Run, runFiveSteps, type Site, startSite } from './five_steps.ts'
import { W3_PEERS } from './peers.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const PAIRS = 5
const FINISHED_STEPS = 1_000_000

export const w3: Workload = {
  name: 'W3',
  title: 'W1 with 1,000,000 finished steps in the tables, and without, by turns',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench, { repeats, quick }: Options): Promise<Report> {
  const tasks = quick ? 200 : 2000
  const finished = quick ? 10_000 : FINISHED_STEPS
  const sites = {
    full: await startSite(bench, await bench.database()),
    empty: await startSite(bench, await bench.database()),
  }
  await runFiveSteps(sites.full, tasks)
  await runFiveSteps(sites.empty, tasks)
  await fill(sites.full.db, finished)
  const runs: { full: Run[]; empty: Run[] } = { full: [], empty: [] }
  for (let pair = 0; pair < (repeats ?? PAIRS); pair++) {
    // Who goes first takes turns too.
    const order = pair % 2 === 0 ? (['full', 'empty'] as const) : (['empty', 'full'] as const)
    for (const which of order) runs[which].push(await runFiveSteps(sites[which], tasks))
  }
  for (const site of Object.values(sites)) await close(site)
  const settings = { tasks, finished_steps: finished, concurrency: CONCURRENCY }
  return { ...reportOf(runs), settings }
}

/** As they lie there once autovacuum has been: the copies of one that has run. */
async function fill(db: BenchDatabase, steps: number): Promise<void> {
  const model = await db.one<string>(
    `select task_id as value from pawl.tasks where machine = $1 and status = 'succeeded' limit 1`,
    [FIVE.machine],
  )
  await copyTask(db.client, model, steps / FIVE.steps)
  await db.query('vacuum (analyze)')
  await db.query('checkpoint')
}

async function close({ bench, db, worker }: Site): Promise<void> {
  await worker.stop()
  await bench.drop(db)
}

function reportOf({ full, empty }: { full: Run[]; empty: Run[] }) {
  const cpu = (runs: Run[]) => perStep(runs, 'postgres_cpu_s').map((it) => it * 1000)
  const ratios = full.map((it, pair) => it.steps_per_s / (empty[pair]?.steps_per_s ?? Number.NaN))
  const figures = {
    steps_per_s: full.map((it) => it.steps_per_s),
    steps_per_s_empty: empty.map((it) => it.steps_per_s),
    ratio: ratios,
    postgres_cpu_s_per_1000_steps: cpu(full),
    postgres_cpu_s_per_1000_steps_empty: cpu(empty),
  }
  const table: Row[] = [
    ['steps/s, full', spread(figures.steps_per_s)],
    ['steps/s, empty', spread(figures.steps_per_s_empty)],
    ['full against empty, pair by pair', spread(ratios), 'at least 0.9'],
    ['Postgres CPU s per 1,000, full', spread(cpu(full))],
    ['Postgres CPU s per 1,000, empty', spread(cpu(empty))],
  ]
  const ours = [
    'pawl, here (1,000,000 steps)',
    shown(median(figures.steps_per_s)),
    shown(median(figures.steps_per_s_empty)),
    shown(median(ratios)),
  ]
  return { figures, table, peers: { heads: W3_PEERS.heads, rows: [ours, ...W3_PEERS.rows] } }
}
