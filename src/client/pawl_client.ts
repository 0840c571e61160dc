/**
 * The client behind `connect`: what the caller gives is checked, what the database answers is
 * handed back.
 */
import type { Budget } from '../app/define_machine.ts'
import { crashpoint } from '../crashpoint.ts'
import { Controls } from '../database/controls.ts'
import type { NamedTask, ReviewRow, TaskRow, TraceRow } from '../database/read_rows.ts'
import type { NewTask, Reads } from '../database/reads.ts'
import { submitWithin } from '../database/submit_within.ts'
import type { JsonObject } from '../json.ts'
import type {
  CancelOptions,
  Client,
  DecideOptions,
  SendOptions,
  SubmitOptions,
  TaskResult,
  Waiting,
} from './client_types.ts'
import { Pace } from './pace.ts'
import { idOf, sendable, timeText, unknownTask } from './sendable.ts'

export class PawlClient implements Client {
  readonly #reads: Reads
  readonly #controls: Controls

  constructor(reads: Reads) {
    this.#reads = reads
    this.#controls = new Controls(reads.as('pawl_submitter'))
  }

  async submit(machine: string, input: unknown, options: SubmitOptions = {}): Promise<string> {
    const task: NewTask = {
      machine,
      input: sendable(input, 'input'),
      key: options.key ?? null,
      priority: options.priority ?? 0,
      run_at: options.run_at === undefined ? null : timeText(options.run_at),
      labels: sendable(options.labels ?? {}, 'labels'),
      budget: sendable(options.budget ?? null, 'budget'),
    }
    const { client } = options
    await crashpoint('submit.begun')
    const task_id = await (client ? submitWithin(client, task) : this.#reads.submitTask(task))
    await crashpoint('submit.done')
    return task_id
  }

  async send(
    task_id: string,
    event: { type: string } & JsonObject,
    { key }: SendOptions = {},
  ): Promise<number> {
    const sent = sendable(event, 'event')
    await crashpoint('event.begun')
    const event_no = await this.#reads.sendEvent(idOf(task_id), sent, key ?? null)
    await crashpoint('event.done')
    return event_no
  }

  cancel(task_id: string, { reason, at_once }: CancelOptions = {}) {
    return this.#controls.cancel(idOf(task_id), reason ?? null, at_once ?? false)
  }

  pause(task_id: string, reason?: string): Promise<boolean> {
    return this.#controls.pause(idOf(task_id), reason ?? null)
  }

  resume(task_id: string, reason?: string): Promise<boolean> {
    return this.#controls.resume(idOf(task_id), reason ?? null)
  }

  retry(task_id: string, reason?: string): Promise<void> {
    return this.#controls.retry(idOf(task_id), reason ?? null)
  }

  fork(task_id: string, revision: number, { reason }: { reason?: string } = {}): Promise<string> {
    return this.#controls.fork(idOf(task_id), revision, reason ?? null)
  }

  async task(task_id: string): Promise<TaskRow> {
    const task = await this.#reads.task(idOf(task_id))
    if (task === null) throw unknownTask(task_id)
    return task
  }

  async trace(task_id: string): Promise<readonly TraceRow[]> {
    const rows = await this.#reads.trace(idOf(task_id))
    if (rows.length === 0) throw unknownTask(task_id)
    return rows
  }

  async *watch(task_id: string, waiting: Waiting = {}): AsyncGenerator<TraceRow, void, void> {
    const seen = new Set<string>()
    const pace = new Pace(waiting.signal)
    for (;;) {
      // The state first: what happened before the end is in the trace read after it.
      const { finished_at } = await this.task(task_id)
      for (const row of await this.trace(task_id)) {
        const face = [row.kind, row.step_no, row.no, row.outcome].join()
        if (seen.has(face)) continue
        seen.add(face)
        pace.hurry()
        yield row
      }
      if (finished_at !== null) return
      await pace.wait()
    }
  }

  async result(task_id: string, waiting: Waiting = {}): Promise<TaskResult> {
    const pace = new Pace(waiting.signal)
    for (;;) {
      const { status, state, output, error } = await this.task(task_id)
      switch (status) {
        case 'succeeded':
        case 'cancelled':
          return { task_id, status, state, output }
        case 'failed':
          return { task_id, status, state, error }
        case 'review': {
          const reviews = (await this.reviews()).filter((it) => it.task_id === task_id)
          // None: somebody has decided in between, so it goes on.
          if (reviews.length > 0) return { task_id, status, state, reviews }
          break
        }
        case 'ready':
        case 'waiting':
        case 'paused':
          break
        default:
          status satisfies never
      }
      await pace.wait()
    }
  }

  reviews(): Promise<readonly ReviewRow[]> {
    return this.#reads.reviews()
  }

  async decide(
    task_id: string,
    review_no: number,
    decision: string,
    { by, note, edit, answer }: DecideOptions,
  ): Promise<void> {
    await this.#reads.decideReview({
      task_id: idOf(task_id),
      review_no,
      decision,
      by,
      note: note ?? null,
      edit: edit === undefined ? undefined : sendable(edit, 'edit'),
      answer: answer === undefined ? undefined : sendable(answer, 'answer'),
    })
  }

  async raiseBudget(task_id: string, caps: Budget, by: string): Promise<void> {
    await this.#reads.raiseBudget(idOf(task_id), sendable(caps, 'budget'), by)
  }

  find(text: string): Promise<NamedTask[]> {
    const hex = text.toLowerCase().replaceAll('-', '')
    const isBeginning = /^[0-9a-f]{1,32}$/.test(hex)
    const [from, to] = isBeginning ? [hex.padEnd(32, '0'), hex.padEnd(32, 'f')] : [null, null]
    return this.#reads.tasksMeant(text, from, to)
  }

  close(): Promise<void> {
    return this.#reads.close()
  }
}
