/**
 * W8: a thousand steps a second for half an hour, and in the middle of it somebody's forgotten
 * transaction: an old snapshot, held open for a third of the time, keeps vacuum from clearing away
 * what no one needs.  The last stretch against the first says whether that lasts.
 */
import pg from 'pg'
import { grouped } from '../src/cli/figures.ts'
import { FIVE } from './app.ts'
import type { Bench, WorkerProcess } from './bench.ts'
import { type BenchDatabase, pause } from './database.ts'
import { shown } from './figures.ts'
import { CONCURRENCY } from './five_steps.ts'
import { type Look, lookAt, type Stretch, stretchOf } from './stretches.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const STEPS_PER_S = 1000
/** How often new tasks come. */
const TURN_MS = 100
const LOOK_MS_MAX = 5000
/** Of each of the six stretches. */
const LOOKS_MIN = 6

export const w8: Workload = {
  name: 'W8',
  title: '1,000 steps a second, an old snapshot held open for a third of the time',
  by_default: false,
  run: measure,
}

async function measure(bench: Bench, { minutes, quick }: Options): Promise<Report> {
  const whole_ms = (quick ? 0.5 : minutes) * 60_000
  const db = await bench.database()
  const watcher = await bench.another(db)
  const worker = await bench.work(db, CONCURRENCY)
  const end = performance.now() + whole_ms
  const [looks] = await Promise.all([
    watch({ bench, db: watcher, worker, end, look_ms: whole_ms / 6 / LOOKS_MIN }),
    submitUntil(db, end),
    holdSnapshot(db.url, whole_ms / 3),
  ])
  const worker_mb = worker.peakMb()
  await worker.stop()
  await watcher.close()
  await bench.drop(db)
  const settings = { minutes: whole_ms / 60_000, steps_per_s_asked: STEPS_PER_S }
  return { ...reportOf(looks, whole_ms, worker_mb), settings }
}

/** So many a turn, and what a late turn missed with the next. */
async function submitUntil(db: BenchDatabase, end: number): Promise<void> {
  const begun = performance.now()
  for (let submitted = 0; performance.now() < end; await pause(TURN_MS)) {
    const due = Math.floor(((performance.now() - begun) * STEPS_PER_S) / FIVE.steps / 1000)
    if (due > submitted) await db.submit(FIVE.machine, due - submitted)
    submitted = due
  }
}

/** For the second of three thirds. */
async function holdSnapshot(url: string, third_ms: number): Promise<void> {
  await pause(third_ms)
  const client = new pg.Client(url)
  await client.connect()
  await client.query('begin isolation level repeatable read')
  await client.query('select count(*) from pawl.machines')
  await pause(third_ms)
  await client.query('rollback')
  await client.end()
}

type Site = {
  bench: Bench
  db: BenchDatabase
  worker: WorkerProcess
  end: number
  look_ms: number
}

async function watch({ bench, db, worker, end, look_ms }: Site): Promise<Look[]> {
  const looks: Look[] = []
  while (performance.now() < end) {
    looks.push(await lookAt(db, { postmaster: bench.pid, pid: worker.pid }))
    await pause(Math.min(look_ms, LOOK_MS_MAX, Math.max(0, end - performance.now())))
  }
  return [...looks, await lookAt(db, { postmaster: bench.pid, pid: worker.pid })]
}

function reportOf(looks: readonly Look[], whole_ms: number, worker_mb: number) {
  const sixth = whole_ms / 6
  const begun = looks[0]?.at_ms ?? 0
  const [first, held, last] = [0, 3, 5].map((nth) =>
    stretchOf(
      looks.filter(({ at_ms }) => {
        const since = at_ms - begun
        return since >= nth * sixth && since <= (nth + 1) * sixth + 1
      }),
    ),
  )
  const figures: Record<string, number> = { worker_mb }
  const table: Row[] = []
  for (const [name, title] of SHOWN) {
    const [one, middle, other] = [first?.[name], held?.[name], last?.[name]].map(
      (it) => it ?? Number.NaN,
    )
    figures[`${name}_first`] = one ?? Number.NaN
    figures[`${name}_held`] = middle ?? Number.NaN
    figures[`${name}_last`] = other ?? Number.NaN
    table.push([
      title,
      [one, middle, other].map((it) => bytesOr(name, it ?? Number.NaN)).join(' · '),
    ])
  }
  table.push(['worker memory, MB', shown(worker_mb)])
  const head: Row = ['', 'first sixth · end of the hold · last sixth']
  return { figures, table: [head, ...table] }
}

const SHOWN: [keyof Stretch, string][] = [
  ['steps_per_s', 'steps/s'],
  ['task_ms_p50', 'insert to end of a task, median, ms'],
  ['task_ms_p99', 'insert to end of a task, p99, ms'],
  ['worker_cpu_s_per_1000_steps', 'CPU s per 1,000 steps, worker'],
  ['postgres_cpu_s_per_1000_steps', 'CPU s per 1,000 steps, Postgres'],
  ['backlog', 'tasks not finished, at its end'],
  ['dead_rows', 'dead rows of hot tables, at its end'],
  ['graphile_dead_rows', 'dead rows of Graphile, at its end'],
  ['hot_mb', 'size of the tables, MB, at its end'],
  ['bytes_per_step', 'bytes on disk for each new step'],
  ['wal_bytes_per_step', 'WAL bytes per step'],
  ['round_trips_per_step', 'round trips per step'],
  ['graphile_kb', 'size of Graphile’s jobs, KB'],
]

function bytesOr(name: keyof Stretch, value: number): string {
  return name.endsWith('rows') || name === 'backlog' ? grouped(Math.round(value)) : shown(value)
}
