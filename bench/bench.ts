/**
 * What every workload is given: a PostgreSQL of the benchmark's own, with fsync on, databases in
 * it, and worker processes started as `pawl dev` starts them.
 */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { registerApp } from '../src/app/register.ts'
import { startChild } from '../src/cli/supervise.ts'
import { migrate } from '../src/database/migrate.ts'
import { running } from '../src/database/postgres_server.ts'
import { makeTestCluster, type TestCluster } from '../test/fixtures/cluster.ts'
import app from './app.ts'
import { BenchDatabase, pause } from './database.ts'
import { peakMb } from './processes.ts'

export const APP_FILE = join(import.meta.dirname, 'app.ts')
export const MONTHS = 24
/** As the peers' figures were taken. */
export const SHARED_BUFFERS = '1GB'

const TEMPLATE = 'bench_template'
const READY_MS_MAX = 20_000

export type WorkerProcess = {
  readonly pid: number
  readonly worker_id: string
  /** The most memory it has ever had, in MB. */
  peakMb(): number
  /** kill -9, seen by nobody. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export class Bench {
  readonly #cluster: TestCluster
  readonly #children = new Set<ChildProcess>()
  #databases = 0

  private constructor(cluster: TestCluster) {
    this.#cluster = cluster
  }

  static async start(): Promise<Bench> {
    const cluster = await makeTestCluster(undefined, {
      synchronous_commit: 'on',
      shared_buffers: SHARED_BUFFERS,
      shared_preload_libraries: 'pg_stat_statements',
    })
    const bench = new Bench(cluster)
    await bench.#makeTemplate()
    return bench
  }

  /** Of the postmaster. */
  get pid(): number {
    const there = running(this.#cluster.data)
    if (!there) throw new Error('PostgreSQL is not running')
    return there.pid
  }

  url(database: string): string {
    return this.#cluster.url(database)
  }

  /** Migrated, with the benchmark's machines and 24 months of partitions, and no task in it. */
  async database(): Promise<BenchDatabase> {
    const name = `bench_${++this.#databases}`
    await this.#asOwner(`create database ${name} template ${TEMPLATE}`)
    return BenchDatabase.open(this.url(name), name)
  }

  /** A second connection to it. */
  async another({ url, name }: BenchDatabase): Promise<BenchDatabase> {
    return BenchDatabase.open(url, name)
  }

  async drop(db: BenchDatabase): Promise<void> {
    await db.close()
    await this.#asOwner(`drop database ${db.name} with (force)`)
  }

  async createEmpty(name: string): Promise<string> {
    await this.#asOwner(`create database ${name}`)
    return this.url(name)
  }

  /** Resolves when it says in pawl.workers that it is there. */
  async work(db: BenchDatabase, concurrency: number): Promise<WorkerProcess> {
    const child = startChild({ url: db.url, app_file: APP_FILE, concurrency })
    this.#children.add(child)
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => {
        this.#children.delete(child)
        resolve()
      })
    })
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal)
      await ended
    }
    const pid = child.pid ?? 0
    const worker_id = await idOf(db, pid)
    return {
      pid,
      worker_id,
      peakMb: () => peakMb(pid),
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
    }
  }

  async end(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await this.#cluster.remove()
  }

  async #makeTemplate(): Promise<void> {
    await this.#asOwner(`create database ${TEMPLATE}`)
    const url = this.url(TEMPLATE)
    await migrate(url, { log: () => undefined })
    await registerApp(url, app)
    const db = await BenchDatabase.open(url, TEMPLATE)
    await db.query('create extension pg_stat_statements')
    await db.query('select pawl.make_months(ahead => $1)', [MONTHS - 1])
    // Else PostgreSQL does it by itself while something is measured.
    await db.query('vacuum (analyze)')
    await db.close()
  }

  async #asOwner(statement: string): Promise<void> {
    const db = await BenchDatabase.open(this.url('postgres'), 'postgres')
    await db.query(statement)
    await db.close()
  }
}

async function idOf(db: BenchDatabase, pid: number): Promise<string> {
  const late = performance.now() + READY_MS_MAX
  while (performance.now() < late) {
    const [row] = await db.query<{ worker_id: string }>(
      `select worker_id from pawl.workers
       where pid = $1 and stopped_at is null and buried_at is null`,
      [pid],
    )
    if (row) return row.worker_id
    await pause(20)
  }
  throw new Error(`worker ${pid} did not start within ${READY_MS_MAX} ms`)
}
