/**
 * What a stretch of work cost: seconds of CPU (of workers, and of every process of PostgreSQL),
 * bytes of WAL, round trips.  Rows and commits are counted by backends for themselves and told
 * late, at the latest when they end: so they are read once, when the worker has stopped.
 */
import type { Bench, WorkerProcess } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { cpuSeconds, postgresCpuSeconds } from './processes.ts'

export type Costs = {
  elapsed_s: number
  worker_cpu_s: number
  postgres_cpu_s: number
  wal_bytes: number
  /** Statements that a worker sent, BEGIN and COMMIT counted too. */
  round_trips: number
}

export async function costsOf(
  { bench, db, workers }: { bench: Bench; db: BenchDatabase; workers: readonly WorkerProcess[] },
  work: () => Promise<void>,
): Promise<Costs> {
  const read = async () => ({
    round_trips: await roundTrips(db),
    wal_bytes: await walBytes(db),
    worker_cpu_s: workers.reduce((total, { pid }) => total + cpuSeconds(pid), 0),
    postgres_cpu_s: postgresCpuSeconds(bench.pid),
  })
  const before = await read()
  const begun = performance.now()
  await work()
  const elapsed_s = (performance.now() - begun) / 1000
  const after = await read()
  return {
    elapsed_s,
    worker_cpu_s: after.worker_cpu_s - before.worker_cpu_s,
    postgres_cpu_s: after.postgres_cpu_s - before.postgres_cpu_s,
    wal_bytes: after.wal_bytes - before.wal_bytes,
    round_trips: after.round_trips - before.round_trips,
  }
}

export function walBytes(db: BenchDatabase): Promise<number> {
  return db.one(`select (pg_current_wal_lsn() - '0/0')::float8 as value`)
}

export function roundTrips(db: BenchDatabase): Promise<number> {
  return db.one(
    `select coalesce(sum(s.calls), 0)::float8 as value
     from pg_stat_statements as s
     where s.dbid = (select oid from pg_database where datname = current_database())
       and s.userid = 'pawl_worker'::regrole`,
  )
}

export type Counted = { rows: number; commits: number }

/** Since the database was made: what pawl and Graphile wrote, and the commits of all but us. */
export async function countedIn(db: BenchDatabase): Promise<Counted> {
  await db.query('select pg_stat_force_next_flush()')
  const rows = await db.one<number>(
    `select sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 as value
     from pg_stat_user_tables
     where schemaname in ('pawl', 'graphile_worker')`,
  )
  const commits = await db.one<number>(
    'select xact_commit::float8 as value from pg_stat_database where datname = current_database()',
  )
  return { rows, commits: commits - db.asked }
}
