/**
 * A long run as a row of looks, and what lies between two of them: how fast, at what cost, and
 * how much the tables have grown.
 */
import { roundTrips, walBytes } from './costs.ts'
import type { BenchDatabase } from './database.ts'
import { cpuSeconds, postgresCpuSeconds } from './processes.ts'

export type Look = {
  at_ms: number
  worker_s: number
  postgres_s: number
  finished_steps: number
  backlog: number
  task_ms_p50: number
  task_ms_p99: number
  dead_rows: number
  graphile_dead_rows: number
  hot_bytes: number
  graphile_bytes: number
  wal_bytes: number
  round_trips: number
}

export type Stretch = {
  steps_per_s: number
  task_ms_p50: number
  task_ms_p99: number
  worker_cpu_s_per_1000_steps: number
  postgres_cpu_s_per_1000_steps: number
  backlog: number
  dead_rows: number
  graphile_dead_rows: number
  hot_mb: number
  bytes_per_step: number
  wal_bytes_per_step: number
  round_trips_per_step: number
  graphile_kb: number
}

type Processes = { postmaster: number; pid: number }

export async function lookAt(db: BenchDatabase, { postmaster, pid }: Processes): Promise<Look> {
  const [tasks] = await db.query<Pick<Look, 'backlog' | 'task_ms_p50' | 'task_ms_p99'>>(TASKS)
  const [tables] = await db.query<Pick<Look, (typeof TABLE_FIGURES)[number]>>(TABLES)
  if (!tasks || !tables) throw new Error('an aggregate without a row')
  return {
    ...tasks,
    ...tables,
    at_ms: performance.now(),
    wal_bytes: await walBytes(db),
    round_trips: await roundTrips(db),
    worker_s: cpuSeconds(pid),
    postgres_s: postgresCpuSeconds(postmaster),
  }
}

/** Of the tasks that came lately: what is older is in the looks before. */
const TASKS = `
  select
    (select count(*) from pawl.tasks where finished_at is null)::float8 as backlog,
    coalesce(percentile_cont(0.5) within group (order by t.took), 'NaN')::float8 as task_ms_p50,
    coalesce(percentile_cont(0.99) within group (order by t.took), 'NaN')::float8 as task_ms_p99
  from (
    select finished_at, extract(epoch from finished_at - created_at) * 1000 as took
    from pawl.tasks
    where task_id >= pawl.uuid_floor(pawl.clock() - interval '30 seconds')
      and task_id < pawl.uuid_floor(pawl.clock() - interval '1 second')
  ) as t`

const TABLE_FIGURES = [
  'finished_steps',
  'dead_rows',
  'graphile_dead_rows',
  'hot_bytes',
  'graphile_bytes',
] as const

const TABLES = `
  select
    (sum(n_tup_ins) filter (where relname like 'steps\\_%'))::float8 as finished_steps,
    (sum(n_dead_tup) filter (where schemaname = 'pawl'))::float8 as dead_rows,
    (sum(n_dead_tup) filter (where schemaname = 'graphile_worker'))::float8 as graphile_dead_rows,
    (sum(pg_total_relation_size(relid)) filter (where schemaname = 'pawl'))::float8 as hot_bytes,
    (sum(pg_total_relation_size(relid)) filter (where schemaname = 'graphile_worker'))::float8
      as graphile_bytes
  from pg_stat_user_tables`

export function stretchOf(looks: readonly Look[]): Stretch | undefined {
  const [one, other] = [looks[0], looks.at(-1)]
  if (!one || !other || one === other) return undefined
  const steps = other.finished_steps - one.finished_steps
  const middle = looks[Math.floor(looks.length / 2)] ?? other
  return {
    steps_per_s: (steps * 1000) / (other.at_ms - one.at_ms),
    task_ms_p50: middle.task_ms_p50,
    task_ms_p99: middle.task_ms_p99,
    worker_cpu_s_per_1000_steps: ((other.worker_s - one.worker_s) / steps) * 1000,
    postgres_cpu_s_per_1000_steps: ((other.postgres_s - one.postgres_s) / steps) * 1000,
    backlog: other.backlog,
    dead_rows: other.dead_rows,
    graphile_dead_rows: other.graphile_dead_rows,
    hot_mb: other.hot_bytes / 1024 / 1024,
    bytes_per_step: (other.hot_bytes - one.hot_bytes) / steps,
    wal_bytes_per_step: (other.wal_bytes - one.wal_bytes) / steps,
    round_trips_per_step: (other.round_trips - one.round_trips) / steps,
    graphile_kb: other.graphile_bytes / 1024,
  }
}
