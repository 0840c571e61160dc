/**
 * The only door to Postgres for a worker: one method per SQL function, and the group committer.
 */
import pg from 'pg'
import type { Json } from '../json.ts'
import { GroupCommitter } from './committer.ts'
import { connectionConfig, type Role } from './connection.ts'
import { asRefusal, isLostConnection } from './refused.ts'
import type {
  Begun,
  CommitAnswer,
  CommitItem,
  LoadedAgent,
  LoadedTask,
  ModelCallIntent,
  Settlement,
  ToolCallIntent,
} from './rows.ts'
import { asStored, storable } from './storable.ts'

export type Claim = { task_id: string; step_no: number; worker_id: string; release: string }

export type AttemptEnd = {
  task_id: string
  step_no: number
  attempt: number
  outcome: 'failed' | 'parked' | 'handed_back'
  delay_ms: number
  error: Json
}

export type WorkerRow = {
  worker_id: string
  release: string
  host: string
  pid: number
  serves: string[]
  concurrency: number
}

const INT8 = 20
/** Read back a commit whose answer was lost this often before giving up on the database. */
const READ_BACKS_MAX = 10
const READ_BACK_PAUSE_MS = 300

export class Database {
  readonly pool: pg.Pool
  readonly #committer = new GroupCommitter((items) => this.#flush(items))

  constructor(url: string, role: Role, connections_max: number) {
    this.pool = new pg.Pool({
      ...connectionConfig(url, role),
      max: connections_max,
      types: {
        // Revisions, counters and micro-dollars stay below 2^53 by their constraints.
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === INT8 ? Number : pg.types.getTypeParser(oid, format ?? 'text'),
      },
    } as pg.PoolConfig)
    // Whoever waits for an answer is told; without listeners the process would end.
    this.pool.on('error', () => undefined)
    this.pool.on('connect', (client) => client.on('error', () => undefined))
  }

  async close(): Promise<void> {
    await this.pool.end()
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    try {
      const { rows } = await this.pool.query<T>(text, values)
      return rows
    } catch (error) {
      throw asRefusal(error)
    }
  }

  async #one<T>(text: string, values: unknown[]): Promise<T | undefined> {
    const [row] = await this.query<{ value: T }>(text, values)
    return row?.value
  }

  async loadTasks(task_ids: readonly string[]): Promise<LoadedTask[]> {
    return this.query('select * from pawl.load_tasks(task_ids => $1)', [task_ids])
  }

  async loadAgent(task_id: string): Promise<LoadedAgent> {
    const [row] = await this.query<LoadedAgent>('select * from pawl.load_agent(task_id => $1)', [
      task_id,
    ])
    if (!row) throw new Error(`task ${task_id} is gone`)
    return row
  }

  /** The attempt's number; null where somebody else has the step, or it waits. */
  async claimStep({ task_id, step_no, worker_id, release }: Claim): Promise<number | null> {
    const text = `select pawl.claim_step(task_id => $1, step_no => $2, worker_id => $3, release => $4) as value`
    return (await this.#one<number | null>(text, [task_id, step_no, worker_id, release])) ?? null
  }

  async parkTask(task_id: string, revision: number, status: 'waiting' | 'review'): Promise<void> {
    await this.query('select pawl.park_task(task_id => $1, revision => $2, status => $3)', [
      task_id,
      revision,
      status,
    ])
  }

  async endAttempt(end: AttemptEnd): Promise<boolean> {
    const text = `select pawl.end_attempt(
      task_id => $1, step_no => $2, attempt => $3, outcome => $4, delay_ms => $5, error => $6) as value`
    const { task_id, step_no, attempt, outcome, delay_ms, error } = end
    const values = [task_id, step_no, attempt, outcome, Math.ceil(delay_ms), storable(error)]
    return (await this.#one<boolean>(text, values)) ?? false
  }

  commit(item: CommitItem): Promise<CommitAnswer> {
    return this.#committer.commit(item)
  }

  async #flush(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    const numbered = `[${items.map(numberedItem).join()}]`
    try {
      const rows = await this.query<{ item_no: number; answer: CommitAnswer }>(
        'select item_no, answer from pawl.commit(items => $1)',
        [numbered],
      )
      const answers = new Map(rows.map((row) => [row.item_no, row.answer]))
      return items.map((_, item_no) => answers.get(item_no) ?? 'busy')
    } catch (error) {
      if (!isLostConnection(error)) throw error
      return this.#readBack(items)
    }
  }

  /**
   * The connection was lost around COMMIT: done or not done look the same from here.  Each
   * transition bears the commit_id its worker chose, so the diary knows.
   */
  async #readBack(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    for (let tries = 1; ; tries++) {
      try {
        const ids = items.map((item) => item.commit_id)
        const rows = await this.query<{ commit_id: string }>(
          'select commit_id from pawl.transitions where task_id = any ($1) and commit_id = any ($2)',
          [items.map((item) => item.task_id), ids],
        )
        const written = new Set(rows.map((row) => row.commit_id))
        return ids.map((id) => (written.has(id) ? 'accepted' : 'busy'))
      } catch (error) {
        if (!isLostConnection(error) || tries === READ_BACKS_MAX) throw error
        await new Promise((resolve) => setTimeout(resolve, READ_BACK_PAUSE_MS * tries))
      }
    }
  }

  async beginToolCall(intent: ToolCallIntent): Promise<Begun> {
    return this.#begin('select pawl.begin_tool_call(call => $1) as value', intent)
  }

  async beginModelCall(intent: ModelCallIntent): Promise<Begun> {
    return this.#begin('select pawl.begin_model_call(call => $1) as value', intent)
  }

  async #begin(text: string, intent: unknown): Promise<Begun> {
    const begun = await this.#one<Begun>(text, [storable(intent)])
    if (!begun) throw new Error('begin_call gave no answer')
    return begun
  }

  async settleToolCall(settled: Settlement): Promise<void> {
    await this.query('select pawl.settle_tool_call(settled => $1)', [settlement(settled)])
  }

  async settleModelCall(settled: Settlement): Promise<void> {
    await this.query('select pawl.settle_model_call(settled => $1)', [settlement(settled)])
  }

  async findMachine(
    registration: Json,
  ): Promise<{ machine_id: number; version: number } | undefined> {
    const [row] = await this.query<{ machine_id: number; version: number }>(
      'select machine_id, version from pawl.find_machine(registration => $1)',
      [storable(registration)],
    )
    return row
  }

  async startWorker(worker: WorkerRow): Promise<void> {
    await this.query(
      `select pawl.start_worker(worker_id => $1, release => $2, host => $3, pid => $4,
        serves => $5, concurrency => $6)`,
      [
        worker.worker_id,
        worker.release,
        worker.host,
        worker.pid,
        worker.serves,
        worker.concurrency,
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
    return (
      (await this.#one<boolean>('select pawl.beat_worker(worker_id => $1) as value', [
        worker_id,
      ])) ?? false
    )
  }

  async stopWorker(worker_id: string): Promise<void> {
    await this.query('select pawl.stop_worker(worker_id => $1)', [worker_id])
  }

  async sweep(): Promise<void> {
    await this.query('select pawl.sweep()')
  }

  /** How many tasks woke. */
  async wakeDue(): Promise<number> {
    return (await this.#one<number>('select pawl.wake_due() as value', [])) ?? 0
  }

  async makeMonths(): Promise<void> {
    await this.query('select pawl.make_months()')
  }

  async wakeTasks(task_ids: readonly string[]): Promise<void> {
    await this.query('select pawl.wake_tasks(task_ids => $1)', [task_ids])
  }

  /** Nothing to do now or soon for these machines: what is left waits for people or from outside. */
  async isIdle(machine_ids: readonly number[]): Promise<boolean> {
    const idle = await this.#one<boolean>(
      `select not exists (
        select from pawl.tasks as t
        where t.finished_at is null
          and t.machine_id = any ($1)
          and (t.status = 'ready' or (t.status = 'waiting' and (
            exists (select from pawl.timers as m where m.task_id = t.task_id and isfinite(m.fire_at))
            or exists (select from pawl.steps as s where s.task_id = t.task_id and s.wake_at is not null)
          )))
      ) as value`,
      [machine_ids],
    )
    return idle ?? false
  }
}

function numberedItem(item: CommitItem, item_no: number): string {
  const { text, cleaned } = asStored({ ...item, item_no })
  if (!cleaned || !item.step) return text
  return storable({ ...item, item_no, step: { ...item.step, cleaned } })
}

function settlement(settled: Settlement): string {
  const { text, cleaned } = asStored(settled)
  return cleaned ? storable({ ...settled, cleaned }) : text
}
