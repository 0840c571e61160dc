/**
 * What every job handler and loop of one worker shares.
 */

import type { FoundMachine } from '../app/find_served.ts'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { ModelDoor } from '../models/anthropic.ts'
import type { ToolRegistry } from '../tools/registry.ts'
import type { WorkerFigures } from '../worker_figures.ts'
import type { Hands } from './hands.ts'
import type { Slots } from './slots.ts'

/** One machine version this worker serves, on the edges that the database has of it. */
export type Served = FoundMachine

export type WorkerWorld = {
  worker_id: string
  release: string
  database: Database
  tools: ToolRegistry
  models: ModelDoor | undefined
  served: ReadonlyMap<number, Served>
  slots: Slots
  hands: Hands
  /** Tasks with nothing in hand that will be read again once they are free. */
  held: Set<string>
  /** Told of each timer that is set here. */
  dispatcher: { nudge(in_ms: number): void }
  /** Fires when the worker is told to stop: what is in hand is finished, nothing new begun. */
  stopping: AbortSignal
  /** Fires when the worker stops or learns that it was buried. */
  ending: AbortSignal
  /** After a refusal that a burial would explain: fires `ending` where there was one. */
  checkAlive(): Promise<void>
  log: Log
  lease_ms: number
  /** How long a task may keep its place, in moves and in milliseconds. */
  slice: Pick<WorkerFigures, 'slice_steps_max' | 'slice_ms_max'>
}
