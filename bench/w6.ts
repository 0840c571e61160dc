/**
 * W6: what it costs to have nothing to do.
 */
import type { Bench, WorkerProcess } from './bench.ts'
import { costsOf } from './costs.ts'
import { pause } from './database.ts'
import { shown, spread } from './figures.ts'
import { cpuSeconds } from './processes.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const WORKERS = 4
const CONCURRENCY = 10
const SECONDS = 60
/** What is done only because a worker has just started is no part of idling: rare looks are planned late. */
const SETTLE_MS = 60_000

export const w6: Workload = {
  name: 'W6',
  title: 'no task at all, 4 workers, a minute long',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench, { quick }: Options): Promise<Report> {
  const seconds = quick ? 10 : SECONDS
  const db = await bench.database()
  const workers: WorkerProcess[] = []
  while (workers.length < WORKERS) workers.push(await bench.work(db, CONCURRENCY))
  await db.query('vacuum (analyze)')
  await db.query('checkpoint')
  await pause(quick ? SETTLE_MS / 10 : SETTLE_MS)
  const before = workers.map(({ pid }) => cpuSeconds(pid))
  const costs = await costsOf({ bench, db, workers }, () => pause(seconds * 1000))
  const cores = workers.map(({ pid }, index) => cpuSeconds(pid) - (before[index] ?? 0))
  const memory = workers.map((it) => it.peakMb())
  await Promise.all(workers.map((it) => it.stop()))
  await bench.drop(db)
  const percent = (cpu_s: number) => (cpu_s / costs.elapsed_s) * 100
  const figures = {
    postgres_percent_of_a_core: percent(costs.postgres_cpu_s),
    worker_percent_of_a_core: cores.map(percent),
    statements_per_s: costs.round_trips / costs.elapsed_s,
    wal_bytes_per_s: costs.wal_bytes / costs.elapsed_s,
    worker_mb: memory,
  }
  const table: Row[] = [
    ['Postgres, % of a core', shown(figures.postgres_percent_of_a_core), 'under 1'],
    ['each worker, % of a core', spread(figures.worker_percent_of_a_core), 'under 1'],
    ['statements a second, of all workers', shown(figures.statements_per_s)],
    ['WAL bytes a second', shown(figures.wal_bytes_per_s)],
    ['worker memory, MB', spread(memory)],
  ]
  return { figures, table, settings: { workers: WORKERS, seconds, concurrency: CONCURRENCY } }
}
