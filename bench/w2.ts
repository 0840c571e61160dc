/**
 * W2: one task at a time on an idle system, from its insert until the one who inserted it sees
 * that it is done; and from its insert until a worker has begun its first step.
 */
import { FIVE } from './app.ts'
import type { Bench } from './bench.ts'
import { type BenchDatabase, pause } from './database.ts'
import { quantile, shown } from './figures.ts'
import { CONCURRENCY } from './five_steps.ts'
import { W2_PEERS } from './peers.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const TASKS = 200
const WARM = 50
/** Between two looks: a client that asks without a pause would take a core from the others. */
const LOOK_MS = 1
/** Not in step with any loop of the worker. */
const REST_MS = { least: 10, most: 60 }

export const w2: Workload = {
  name: 'W2',
  title: 'one task of 5 trivial steps on an idle system',
  by_default: true,
  run: measure,
}

type Latency = { whole_ms: number; first_ms: number }

async function measure(bench: Bench, { quick }: Options): Promise<Report> {
  const db = await bench.database()
  const worker = await bench.work(db, CONCURRENCY)
  const look = lookOf(await db.leaf('tasks'), await db.leaf('steps'))
  for (let n = 0; n < WARM; n++) await latency(db, look)
  const seen: Latency[] = []
  const tasks = quick ? 20 : TASKS
  for (let n = 0; n < tasks; n++) {
    await pause(REST_MS.least + Math.random() * (REST_MS.most - REST_MS.least))
    seen.push(await latency(db, look))
  }
  await worker.stop()
  await bench.drop(db)
  return { ...reportOf(seen), settings: { tasks, steps: FIVE.steps, concurrency: CONCURRENCY } }
}

async function latency(db: BenchDatabase, look: string): Promise<Latency> {
  const begun = performance.now()
  const task_id = await db.one<string>(
    `insert into pawl.tasks (machine, input) values ($1, '{"n": 1}') returning task_id as value`,
    [FIVE.machine],
  )
  for (;;) {
    const [row] = await db.look<{ finished: boolean; first_ms: number }>(look, [task_id])
    if (row?.finished) return { whole_ms: performance.now() - begun, first_ms: row.first_ms }
    await pause(LOOK_MS)
  }
}

function lookOf(tasks: string, steps: string): string {
  return `
    select
      t.finished_at is not null as finished,
      extract(epoch from s.opened_at - t.created_at)::float8 * 1000 as first_ms
    from ${tasks} as t
    left join ${steps} as s on s.task_id = t.task_id and s.step_no = 1
    where t.task_id = $1`
}

function reportOf(seen: readonly Latency[]) {
  const whole = seen.map((it) => it.whole_ms)
  const first = seen.map((it) => it.first_ms)
  const figures = {
    task_ms_p50: quantile(whole, 0.5),
    task_ms_p95: quantile(whole, 0.95),
    insert_to_first_step_ms_p50: quantile(first, 0.5),
    insert_to_first_step_ms_p95: quantile(first, 0.95),
  }
  const table: Row[] = [
    ['submit to done, median, ms', shown(figures.task_ms_p50), 'under 10'],
    ['submit to done, p95, ms', shown(figures.task_ms_p95), 'under 20'],
    ['insert to first step, median, ms', shown(figures.insert_to_first_step_ms_p50)],
    ['insert to first step, p95, ms', shown(figures.insert_to_first_step_ms_p95), 'under 15'],
  ]
  const ours = ['pawl, here', shown(figures.task_ms_p50), shown(figures.task_ms_p95)]
  return { figures, table, peers: { heads: W2_PEERS.heads, rows: [ours, ...W2_PEERS.rows] } }
}
