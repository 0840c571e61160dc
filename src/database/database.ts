/**
 * The only door to Postgres for a worker: one method per SQL function.
 */
import { crashpoint } from '../crashpoint.ts'
import type { Json } from '../json.ts'
import type { LoadedAgent } from './agent_rows.ts'
import type { ActionEnd, AttemptEnd, Claim, Parking } from './attempt_rows.ts'
import type { Begun, ModelCallIntent, Settlement, ToolCallIntent } from './call_rows.ts'
import { Commits } from './commits.ts'
import { GroupLoader } from './group_loader.ts'
import type { PastMove, PastTask } from './past_rows.ts'
import { isPassing } from './refused.ts'
import type { CommitAnswer, CommitItem, FoundMachine, LoadedTask } from './rows.ts'
import { asStored, storable } from './storable.ts'
import { untilFree } from './until_free.ts'
import { Upkeep } from './upkeep.ts'

const LOAD_TASKS = `
  select task_id, machine_id, state, status, revision, input, snapshot, open_steps, undelivered,
    inbox, next_step_no
  from pawl.load_tasks(task_ids => $1)`

const FREE_TASKS = 'select task_id from pawl.free_tasks(task_ids => $1) as task_id'

/** A call that was not begun by then parks its step, which keeps no slot meanwhile. */
const BEGIN_MS_MAX = 5000

export class Database extends Upkeep {
  readonly #commits = new Commits(this)
  readonly #loader = new GroupLoader(async (task_ids) => {
    await crashpoint('load.begun')
    const tasks = await this.patiently<LoadedTask>(LOAD_TASKS, [task_ids], 'pawl.load_tasks')
    await crashpoint('load.done')
    return tasks
  })
  readonly #free = new GroupLoader((task_ids) =>
    this.patiently<{ task_id: string }>(FREE_TASKS, [task_ids], 'pawl.free_tasks'),
  )

  commit(item: CommitItem): Promise<CommitAnswer> {
    return this.#commits.commit(item)
  }

  /** Undefined where there is nothing to do: finished, paused, or not due yet. */
  loadTask(task_id: string): Promise<LoadedTask | undefined> {
    return this.#loader.load(task_id)
  }

  async loadAgent(task_id: string): Promise<LoadedAgent> {
    const text = 'select * from pawl.load_agent(task_id => $1)'
    const [row] = await this.patiently<LoadedAgent>(text, [task_id])
    if (!row) throw new Error(`task ${task_id} is gone`)
    return row
  }

  /** What moved a task up to this revision. */
  history(task_id: string, revision: number): Promise<PastMove[]> {
    const text = `select revision::integer, event, cause, from_state, to_state, machine_id::integer, payload,
        timer_id, unheard
      from pawl.history(task_id => $1, upto => $2)`
    return this.patiently<PastMove>(text, [task_id, revision])
  }

  /** Whose newest step had been answered by then, whether a state took the answer or not. */
  async answeredActors(task_id: string, revision: number): Promise<string[]> {
    const text = 'select pawl.answered_actors(task_id => $1, upto => $2) as value'
    const [row] = await this.patiently<{ value: string[] }>(text, [task_id, revision])
    return row?.value ?? []
  }

  /** The next tasks of these machine versions after that one. */
  pastTasks(machine_ids: readonly number[], after: string): Promise<PastTask[]> {
    const text = `select task_id, machine_id::integer, revision::integer, input, snapshot
      from pawl.tasks where machine_id = any ($1) and task_id > $2 order by task_id limit 200`
    return this.patiently<PastTask>(text, [machine_ids, after])
  }

  /** The attempt's number; null where somebody else has the step, or it waits for its time. */
  async claimStep(claim: Claim): Promise<number | 'no_slot' | 'busy' | null> {
    const { task_id, step_no, worker_id, release, alone = false } = claim
    const text = `select pawl.claim_step(
      task_id => $1, step_no => $2, worker_id => $3, release => $4, alone => $5) as value`
    const values = [task_id, step_no, worker_id, release, alone]
    await crashpoint('claim.begun')
    const attempt = await this.one<number | null>(text, values, 'pawl.claim_step')
    await crashpoint('claim.done')
    if (attempt === -1) return 'busy'
    return attempt === 0 ? 'no_slot' : (attempt ?? null)
  }

  async parkTask({ task_id, revision, status, event_nos }: Parking): Promise<boolean | 'busy'> {
    const text = `select pawl.park_task(
      task_id => $1, revision => $2, status => $3, event_nos => $4) as value`
    await crashpoint('park.begun')
    const parked = await this.#unlessBusy(text, [task_id, revision, status, event_nos])
    await crashpoint('park.done')
    return parked
  }

  async endAttempt(end: AttemptEnd): Promise<boolean | 'busy'> {
    const text = `select pawl.end_attempt(
      task_id => $1, step_no => $2, attempt => $3, outcome => $4, delay_ms => $5, error => $6) as value`
    const { task_id, step_no, attempt, outcome, delay_ms, error } = end
    const values = [task_id, step_no, attempt, outcome, Math.ceil(delay_ms), storable(error)]
    await crashpoint('retry.begun')
    const ended = await this.#unlessBusy(text, values)
    await crashpoint('retry.done')
    return ended
  }

  async endAction(end: ActionEnd): Promise<boolean | 'busy'> {
    const text = `select pawl.end_action(
      task_id => $1, step_no => $2, attempt => $3, status => $4, output => $5, error => $6) as value`
    const { task_id, step_no, attempt, status, output, error } = end
    const told = error === null ? null : storable(error)
    return this.#unlessBusy(text, [task_id, step_no, attempt, status, storable(output), told])
  }

  dropEvent(task_id: string, event_no: number, revision: number): Promise<boolean | 'busy'> {
    const text = 'select pawl.drop_event(task_id => $1, event_no => $2, revision => $3) as value'
    return this.#unlessBusy(text, [task_id, event_no, revision])
  }

  /** The database says null while somebody else holds the task's row. */
  async #unlessBusy(text: string, values: unknown[]): Promise<boolean | 'busy'> {
    const [row] = await this.patiently<{ value: boolean | null }>(text, values)
    return row?.value ?? 'busy'
  }

  /** Nobody else holds its row just now. */
  async isFree(task_id: string): Promise<boolean> {
    return (await this.#free.load(task_id)) !== undefined
  }

  async beginToolCall(intent: ToolCallIntent): Promise<Begun> {
    return this.#begin('select pawl.begin_tool_call(call => $1) as value', intent)
  }

  async beginModelCall(intent: ModelCallIntent): Promise<Begun> {
    return this.#begin('select pawl.begin_model_call(call => $1) as value', intent)
  }

  async #begin(text: string, intent: unknown): Promise<Begun> {
    await crashpoint('begin_call.begun')
    const begun = await untilFree(() => this.one<Begun>(text, [storable(intent)]), BEGIN_MS_MAX)
    await crashpoint('begin_call.done')
    if (!begun) throw new Error('begin_call gave no answer')
    return begun
  }

  async settleToolCall(settled: Settlement): Promise<void> {
    await this.#settle('select pawl.settle_tool_call(settled => $1)', settled)
  }

  async settleModelCall(settled: Settlement): Promise<void> {
    await this.#settle('select pawl.settle_model_call(settled => $1)', settled)
  }

  async #settle(text: string, settled: Settlement): Promise<void> {
    await crashpoint('settle.begun')
    // Whatever it is that passes: what came of a call is told to nobody twice.
    await untilFree(() => this.patiently(text, [settlement(settled)]), undefined, isPassing)
    await crashpoint('settle.done')
  }

  async findMachine(registration: Json): Promise<FoundMachine | undefined> {
    const [row] = await this.query<FoundMachine>(
      'select machine_id, version, edges from pawl.find_machine(registration => $1)',
      [storable(registration)],
    )
    return row
  }

  async wakeTasks(task_ids: readonly string[]): Promise<void> {
    await this.patiently('select pawl.wake_tasks(task_ids => $1)', [task_ids])
  }

  /** Nothing to do now or soon for these machines: what is left waits for people or from outside. */
  async isIdle(machine_ids: readonly number[]): Promise<boolean> {
    const text = 'select pawl.is_idle(machine_ids => $1) as value'
    return (await this.one<boolean>(text, [machine_ids])) ?? false
  }
}

function settlement(settled: Settlement): string {
  const { text, cleaned } = asStored(settled)
  return cleaned ? storable({ ...settled, cleaned }) : text
}
