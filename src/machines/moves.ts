/**
 * What a machine asks for when it moves: an effect is what the engine must make true once the
 * move is stored.  A state that is entered and left within one macrostep asks for no work: its
 * step never began.
 */
import type { Json, JsonObject } from '../json.ts'
import type { Outcome } from './chart_rows.ts'

export type Effect =
  | { kind: 'open_step'; actor_id: string; src: string; input: Json }
  /** The step may be over already, if nobody took its answer. */
  | { kind: 'stop_step'; actor_id: string }
  /** Another machine, as a task of its own. */
  | { kind: 'start_child'; actor_id: string; src: string; machine: string; input: Json }
  | { kind: 'stop_child'; actor_id: string }
  /** Dropped where the task has no parent. */
  | { kind: 'send_parent'; event: Json }
  /** Dropped where the child is no machine, or has ended. */
  | { kind: 'send_child'; actor_id: string; event: Json }
  /** Told to whoever reads the diary. */
  | { kind: 'emit'; event: Json }
  /** A detached step: nothing waits for it, and it may outlive the task's last state. */
  | { kind: 'run_action'; name: string; params: Json }
  /** Replaces a timer of the same id.  `to`: whom its event is for, if not the machine itself. */
  | { kind: 'set_timer'; timer_id: string; delay_ms: number; event: Json; to?: string }
  /** The timer may be gone already: it fired, or was never set. */
  | { kind: 'remove_timer'; timer_id: string }

export type Move = {
  from_state: string
  to_state: string
  /** The event's real type, where the edge may bear a wildcard. */
  event: string
  edge_no: number
  snapshot: JsonObject
  done: boolean
  outcome: Outcome | null
  tags: string[]
  output: Json | undefined
  effects: Effect[]
}
