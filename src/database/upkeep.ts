/**
 * The part of a worker's door to Postgres that no single task needs: its life and death, what its
 * loops ask for, and wake-ups for others.
 */
import { crashpoint } from '../crashpoint.ts'
import type { Json } from '../json.ts'
import { Pool } from './pool.ts'
import { storable } from './storable.ts'

export type WorkerRow = {
  worker_id: string
  release: string
  host: string
  pid: number
  serves: string[]
  concurrency: number
  lease_ms: number
}

export type AttemptSite = { task_id: string; step_no: number; attempt: number }

/** A suspect, and who wants it for itself. */
type Kept = { task_id: string; step_no: number; worker_id: string }

/** A wake-up for others, in its old place of the queue. */
export type PassedOn = { identifier: string; task_ids: string[]; priority: number; run_at: Date }

const DISPATCH = 'select next_ms as value from pawl.dispatch()'

export class Upkeep extends Pool {
  strandedTasks(): Promise<{ machine: string; version: number; tasks: number }[]> {
    return this.query(
      `select machine, version, count(*) as tasks
       from pawl.stranded_tasks
       group by machine, version
       order by machine, version`,
    )
  }

  async startWorker(worker: WorkerRow): Promise<void> {
    await this.query(
      `select pawl.start_worker(worker_id => $1, release => $2, host => $3, pid => $4,
        serves => $5, concurrency => $6, lease => $7 * interval '1 millisecond')`,
      [
        worker.worker_id,
        worker.release,
        worker.host,
        worker.pid,
        worker.serves,
        worker.concurrency,
        worker.lease_ms,
      ],
    )
  }

  async namePool(worker_id: string, graphile_pool_id: string): Promise<void> {
    await this.query('select pawl.name_pool(worker_id => $1, graphile_pool_id => $2)', [
      worker_id,
      graphile_pool_id,
    ])
  }

  /** False when this worker was buried. */
  async beatWorker(worker_id: string): Promise<boolean> {
    const text = 'select pawl.beat_worker(worker_id => $1) as value'
    return (await this.one<boolean>(text, [worker_id], 'pawl.beat_worker')) ?? false
  }

  async stopWorker(worker_id: string): Promise<void> {
    await this.query('select pawl.stop_worker(worker_id => $1)', [worker_id])
  }

  /** Gives back what the database says this worker has and the worker does not. */
  async handBackStrays(worker_id: string, in_hand: readonly Json[]): Promise<void> {
    await crashpoint('strays.begun')
    const text = 'select pawl.hand_back_strays(worker_id => $1, in_hand => $2)'
    await this.query(text, [worker_id, storable(in_hand)], 'pawl.hand_back_strays')
  }

  /** Those of these attempts in hand that are over. */
  async attemptsOver(sites: readonly AttemptSite[]): Promise<AttemptSite[]> {
    const text = `select task_id, step_no, attempt
      from pawl.attempts_over(task_ids => $1, step_nos => $2, attempts => $3)`
    const of = <K extends keyof AttemptSite>(key: K) => sites.map((it) => it[key])
    const values = [of('task_id'), of('step_no'), of('attempt')]
    return this.query<AttemptSite>(text, values, 'pawl.attempts_over')
  }

  /** False where another worker has done it just now. */
  async sweep(every_ms: number, patience_ms: number): Promise<boolean> {
    await crashpoint('sweep.begun')
    const text = `select pawl.sweep(patience => $2 * interval '1 millisecond')
      where pawl.take_tick('sweep', $1 * interval '1 millisecond')`
    const swept = await this.query(text, [every_ms * 0.8, patience_ms], 'pawl.sweep')
    await crashpoint('sweep.done')
    return swept.length > 0
  }

  /** Does what is due; how many milliseconds until something will be again, at most a second. */
  async dispatch(): Promise<number> {
    await crashpoint('timers.begun')
    const next_ms = await this.one<number>(DISPATCH, [], 'pawl.dispatch')
    await crashpoint('timers.done')
    return next_ms ?? 0
  }

  async makeMonths(): Promise<void> {
    await this.query('select pawl.make_months()')
  }

  async passOn({ identifier, task_ids, priority, run_at }: PassedOn): Promise<void> {
    await this.patiently(
      'select pawl.pass_on(identifier => $1, task_ids => $2, priority => $3, run_at => $4)',
      [identifier, task_ids, priority, run_at],
    )
  }

  /** Wakes nobody, and is heard by all who listen. */
  async probeListeners(): Promise<void> {
    await this.query(`select pg_notify('jobs:insert', '{"count":0}')`)
  }

  /** Jobs that are there for whoever has room. */
  async announceJobs(): Promise<void> {
    await this.query(`select pg_notify('jobs:insert', '{"count":1}')`)
  }

  /** For how many milliseconds a suspect is kept for the caller; null where it is not free. */
  async postponeSuspect({ task_id, step_no, worker_id }: Kept): Promise<number | 'busy' | null> {
    const text = `select pawl.postpone_suspect(
      task_id => $1, step_no => $2, worker_id => $3) as value`
    const wait_ms = await this.one<number | null>(text, [task_id, step_no, worker_id])
    return wait_ms === -1 ? 'busy' : (wait_ms ?? null)
  }

  async endSolitude(worker_id: string): Promise<void> {
    await this.query('select pawl.end_solitude(worker_id => $1)', [worker_id])
  }
}
