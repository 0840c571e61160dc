/**
 * A task's past, as the database tells it.
 */
import type { Json, JsonObject } from '../json.ts'

/** One move, with what caused it as the machine saw it; null where the engine moved. */
export type PastMove = {
  revision: number
  event: string
  cause: string
  from_state: string
  to_state: string
  machine_id: number
  payload: ({ type: string } & JsonObject) | null
  /** The timer that fired, where one did. */
  timer_id: string | null
  /** Timers that fired after this move, and whose event no state took. */
  unheard: string[] | null
}

/** A task as it stands. */
export type PastTask = {
  task_id: string
  machine_id: number
  revision: number
  input: Json
  snapshot: Json
}
