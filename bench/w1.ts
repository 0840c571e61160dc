/**
 * W1: how many steps a second one worker process brings to an end, what each of them costs, and
 * what share that is of what the tables allow.
 */
import type { Bench } from './bench.ts'
import { makeCeiling, runCeiling } from './ceiling.ts'
import { type Counted, countedIn } from './costs.ts'
import { median, shown, spread } from './figures.ts'
import { CONCURRENCY, perStep, type Run, runFiveSteps, startSite } from './five_steps.ts'
import { W1_PEERS } from './peers.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const REPEATS = 5

export const w1: Workload = {
  name: 'W1',
  title: '2,000 tasks of 5 trivial steps, enqueued up front',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench, { repeats, quick }: Options): Promise<Report> {
  const tasks = quick ? 200 : 2000
  const db = await bench.database()
  const site = await startSite(bench, db)
  const runs: Run[] = []
  const ceilings: number[] = []
  // A process that has just started is slow to begin with: this run warms it, and counts nowhere.
  const cold = await runFiveSteps(site, tasks)
  await makeCeiling(db)
  for (let run = 0; run < (repeats ?? REPEATS); run++) {
    runs.push(await runFiveSteps(site, tasks))
    ceilings.push(await runCeiling(db, tasks))
  }
  const worker_mb = site.worker.peakMb()
  await site.worker.stop()
  const counted = await countedIn(db)
  await bench.drop(db)
  const found = { cold, runs, ceilings, counted, worker_mb }
  return { ...reportOf(found), settings: { tasks, steps: 5, concurrency: CONCURRENCY } }
}

type Found = {
  cold: Run
  runs: Run[]
  ceilings: number[]
  counted: Counted
  worker_mb: number
}

function reportOf({ cold, runs, ceilings, counted, worker_mb }: Found) {
  const steps = [cold, ...runs].reduce((total, run) => total + run.steps, 0)
  const figures = {
    steps_per_s: runs.map((it) => it.steps_per_s),
    steps_per_s_cold: cold.steps_per_s,
    worker_cpu_s_per_1000_steps: perStep(runs, 'worker_cpu_s').map((it) => it * 1000),
    postgres_cpu_s_per_1000_steps: perStep(runs, 'postgres_cpu_s').map((it) => it * 1000),
    round_trips_per_step: perStep(runs, 'round_trips'),
    commits_per_step: counted.commits / steps,
    rows_per_step: counted.rows / steps,
    wal_bytes_per_step: perStep(runs, 'wal_bytes'),
    worker_mb,
    ceiling_steps_per_s: ceilings,
    share_of_ceiling: median(runs.map((it) => it.steps_per_s)) / median(ceilings),
  }
  const table: Row[] = [
    ['steps/s', spread(figures.steps_per_s), 'at least 5,000, aim 10,000'],
    ['  the first run of the process', shown(cold.steps_per_s)],
    ['  a bare SQL loop, same writes', spread(ceilings)],
    ['  share of that ceiling', `${Math.round(figures.share_of_ceiling * 100)} %`],
    ['CPU s per 1,000 steps, worker', spread(figures.worker_cpu_s_per_1000_steps)],
    ['CPU s per 1,000 steps, Postgres', spread(figures.postgres_cpu_s_per_1000_steps)],
    ['round trips per step', spread(figures.round_trips_per_step)],
    ['commits per step', shown(figures.commits_per_step)],
    ['rows written per step', shown(figures.rows_per_step)],
    ['WAL bytes per step', spread(figures.wal_bytes_per_step)],
    ['worker memory, MB', shown(worker_mb)],
  ]
  const ours = [
    'pawl, here',
    shown(median(figures.steps_per_s)),
    shown(figures.rows_per_step),
    shown(figures.commits_per_step),
    shown(median(figures.wal_bytes_per_step)),
    shown(median(figures.worker_cpu_s_per_1000_steps)),
    shown(median(figures.postgres_cpu_s_per_1000_steps)),
    shown(worker_mb),
  ]
  return { figures, table, peers: { heads: W1_PEERS.heads, rows: [ours, ...W1_PEERS.rows] } }
}
