/**
 * What a machine asks for when it moves.  XState hands over a list of actions; an effect is what
 * the engine must make true once the move is stored.  A state that is entered and left within one
 * macrostep asks for nothing: its step never began.
 */
import type { ExecutableActionObject } from 'xstate'
import type { Json, JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import type { Outcome } from './chart.ts'
import { fieldOf } from './guards.ts'
import { assertJson } from './json.ts'

export type Effect =
  | { kind: 'open_step'; actor_id: string; src: string; input: Json }
  /** The step may be over already, if nobody took its answer. */
  | { kind: 'stop_step'; actor_id: string }
  /** Replaces a timer of the same id. */
  | { kind: 'set_timer'; timer_id: string; delay_ms: number; event: Json }
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

/** Steps in the order they were asked for, then one effect for each timer touched. */
export function effectsOf(
  actions: readonly ExecutableActionObject[],
  running: readonly string[],
): Effect[] {
  const steps: Effect[] = []
  const timers = new Map<string, Effect>()
  for (const action of actions) {
    switch (action.type) {
      case 'xstate.spawnChild':
        openStep(steps, action.params, running)
        break
      case 'xstate.stopChild':
        // XState stops by name whoever should run there; nobody does after an answer.
        if (action.params) stopStep(steps, String(fieldOf(action.params, 'id')))
        break
      case 'xstate.raise':
        setTimer(timers, action.params)
        break
      case 'xstate.cancel': {
        const timer_id = String(fieldOf(action.params, 'sendId'))
        timers.set(timer_id, { kind: 'remove_timer', timer_id })
        break
      }
      case 'xstate.log':
      case 'xstate.emit':
        break
      default:
        throw new Refusal('PW603', `the action '${action.type}' has no durable meaning`)
    }
  }
  return [...steps, ...timers.values()]
}

function openStep(steps: Effect[], params: unknown, running: readonly string[]): void {
  const actor_id = String(fieldOf(params, 'id'))
  const input = fieldOf(params, 'input') ?? null
  assertJson(input, `the input of '${actor_id}'`)
  // History may enter a state that was never left: whoever runs there gives way.
  const opened = steps.some((it) => it.kind === 'open_step' && it.actor_id === actor_id)
  const stopped = steps.some((it) => it.kind === 'stop_step' && it.actor_id === actor_id)
  if (opened || (running.includes(actor_id) && !stopped)) stopStep(steps, actor_id)
  steps.push({ kind: 'open_step', actor_id, src: String(fieldOf(params, 'src')), input })
}

/** A step opened by this very move is simply not opened. */
function stopStep(steps: Effect[], actor_id: string): void {
  const opened = steps.findIndex((it) => it.kind === 'open_step' && it.actor_id === actor_id)
  if (opened >= 0) steps.splice(opened, 1)
  else steps.push({ kind: 'stop_step', actor_id })
}

function setTimer(timers: Map<string, Effect>, params: unknown): void {
  const timer_id = String(fieldOf(params, 'id'))
  const delay_ms = fieldOf(params, 'delay')
  // Without a delay XState has taken the event within the same macrostep.
  if (delay_ms === undefined && !timer_id.startsWith('xstate.after.')) return
  if (typeof delay_ms !== 'number' || !Number.isFinite(delay_ms) || delay_ms < 0) {
    const hint = 'a delay is a finite number of milliseconds, zero or more'
    throw new Refusal('PW603', `the delay of '${timer_id}' came out as ${delay_ms}`, hint)
  }
  const event = fieldOf(params, 'event')
  assertJson(event, `the event of timer '${timer_id}'`)
  timers.set(timer_id, { kind: 'set_timer', timer_id, delay_ms, event })
}
