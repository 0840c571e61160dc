/**
 * What a client can do, and in which words.
 */
import type { Budget } from '../app/define_machine.ts'
import type { NamedTask, ReviewRow, TaskRow, TraceRow } from '../database/read_rows.ts'
import type { Queryable } from '../database/submit_within.ts'
import type { Json, JsonObject } from '../json.ts'

export type SubmitOptions = {
  /** Your own name for this piece of work: one task per machine and key. */
  key?: string
  /** Smaller runs first. */
  priority?: number
  run_at?: Date
  labels?: JsonObject
  /** A pool is a budget that many tasks share. */
  budget?: Budget & { pool?: string }
  /** Your own connection, in your own transaction: the task is there when that commits. */
  client?: Queryable
}

export type SendOptions = {
  /** Your own name for this event: sent again under it, it counts once. */
  key?: string
}

export type CancelOptions = {
  reason?: string
  /** Without cleaning up. */
  at_once?: boolean
}

export type DecideOptions = {
  /** A label for the diary; who may decide is the database's business. */
  by: string
  note?: string
  /** With `edit`: the arguments to send instead, all of them. */
  edit?: unknown
  /** With `answer`: what was asked for. */
  answer?: unknown
}

export type TaskResult =
  | { task_id: string; status: 'succeeded'; state: string; output: Json }
  | { task_id: string; status: 'failed'; state: string; error: Json }
  /** What its machine put out when it had cleaned up; null where the engine ended it. */
  | { task_id: string; status: 'cancelled'; state: string; output: Json }
  /** It goes on when somebody has decided. */
  | { task_id: string; status: 'review'; state: string; reviews: ReviewRow[] }

export type Waiting = { signal?: AbortSignal }

export interface Client {
  /** The task's id; with a key seen before and the same input, the first task's. */
  submit(machine: string, input: unknown, options?: SubmitOptions): Promise<string>
  /** `{ type: '…', … }` into a task's inbox; returns its number there. */
  send(
    task_id: string,
    event: { type: string } & JsonObject,
    options?: SendOptions,
  ): Promise<number>
  /** Its machine cleans up first where it takes `pawl.cancel`; else it ends there. */
  cancel(task_id: string, options?: CancelOptions): Promise<'cancelling' | 'cancelled'>
  /** What is in hand finishes; nothing new begins.  False where it was paused already. */
  pause(task_id: string, reason?: string): Promise<boolean>
  /** False where it was not paused. */
  resume(task_id: string, reason?: string): Promise<boolean>
  /** A task stopped by an error goes on from the step that failed. */
  retry(task_id: string, reason?: string): Promise<void>
  /** A new task, where this one stood at that revision; this one stays as it is. */
  fork(task_id: string, revision: number, options?: { reason?: string }): Promise<string>
  /** Where a task stands and what it has spent. */
  task(task_id: string): Promise<TaskRow>
  /** Everything that happened to it so far, in order. */
  trace(task_id: string): Promise<readonly TraceRow[]>
  /** The same as it happens, until the task ends.  A row that changes comes again. */
  watch(task_id: string, waiting?: Waiting): AsyncGenerator<TraceRow, void, void>
  /** Waits until the task ends or asks a person. */
  result(task_id: string, waiting?: Waiting): Promise<TaskResult>
  /** The questions that wait for a person, oldest first. */
  reviews(): Promise<readonly ReviewRow[]>
  decide(
    task_id: string,
    review_no: number,
    decision: string,
    options: DecideOptions,
  ): Promise<void>
  /** New caps, not increments; answers the budget's question if one waits. */
  raiseBudget(task_id: string, caps: Budget, by: string): Promise<void>
  /** The tasks that a text may mean: an id, a key, or the beginning of an id. */
  find(text: string): Promise<NamedTask[]>
  close(): Promise<void>
}
