/**
 * A task's past, told again: the causes of its moves go through its machine one by one, and lead to
 * where it stood after each.  Pure, so it comes out as it did then; where it does not, the machine
 * decides by something that is in no row (a clock, a random number, another release's code).
 */
import type { Json, JsonObject } from '../json.ts'
import type { Host, HostEvent } from './host.ts'
import type { Effect, Move } from './moves.ts'
import { NEW } from './nodes.ts'

export type Past = {
  revision: number
  event: string
  to_state: string
  cause: string
  payload: ({ type: string } & JsonObject) | null
  /** The timer that fired, where one did. */
  timer_id: string | null
  /** Timers that fired after this move, and whose event no state took. */
  unheard: string[] | null
}

/** Where a task stood after a move, and what of it was under way then. */
export type Stand = {
  revision: number
  state: string
  /** Null before its first move. */
  snapshot: JsonObject | null
  /** What was asked for and had not answered, and timers that had not fired. */
  pending: Effect[]
}

export class ReplayDiffers extends Error {
  override readonly name = 'ReplayDiffers'
  readonly code = 'replay_differs'
}

/** What the engine does to a task where it stands. */
const STAYS: readonly string[] = [
  'pawl.stopped',
  'pawl.retried',
  'pawl.cancelled',
  // Of a task that had not begun; one that had begins no second time, and is never told again.
  'pawl.migrated',
]

/** Throws ReplayDiffers where the machine would not have made a move, or another one. */
export function* replay(host: Host, input: Json, past: Iterable<Past>): Generator<Stand> {
  const pending = new Map<string, Effect>()
  let stand: Stand = { revision: 0, state: NEW, snapshot: null, pending: [] }
  for (const it of past) {
    if (STAYS.includes(it.event)) {
      stand = { ...stand, revision: it.revision }
    } else {
      const move = again(host, input, stand, it)
      if (it.payload) forgetWhoAnswered(pending, it.payload.type)
      // A timer fires once, and this very move may set it again.
      pending.delete(`timer ${it.timer_id}`)
      for (const effect of move.effects) note(pending, effect)
      stand = { ...stand, revision: it.revision, state: move.to_state, snapshot: move.snapshot }
    }
    for (const timer_id of it.unheard ?? []) pending.delete(`timer ${timer_id}`)
    stand = { ...stand, pending: [...pending.values()] }
    if (stand.state !== it.to_state) {
      throw new ReplayDiffers(
        `revision ${it.revision}: the diary leads to ${it.to_state}, the machine to ${stand.state}`,
      )
    }
    yield stand
  }
}

function again(host: Host, input: Json, { state, snapshot }: Stand, it: Past): Move {
  if (it.event === 'pawl.started') return host.start(input)
  const event: HostEvent | null = it.payload
  const move = event && state !== NEW ? host.step(snapshot, event) : undefined
  if (move) return move
  throw new ReplayDiffers(`revision ${it.revision}: in ${state} the machine takes no ${it.event}`)
}

const ANSWER = /^xstate\.(?:done|error)\.actor\.(.+)$/s

/** Who has answered is not waited for. */
function forgetWhoAnswered(pending: Map<string, Effect>, type: string): void {
  const [, actor_id] = ANSWER.exec(type) ?? []
  if (actor_id !== undefined) pending.delete(`actor ${actor_id}`)
}

function note(pending: Map<string, Effect>, effect: Effect): void {
  switch (effect.kind) {
    case 'open_step':
    case 'start_child':
      pending.set(`actor ${effect.actor_id}`, effect)
      return
    case 'stop_step':
    case 'stop_child':
      pending.delete(`actor ${effect.actor_id}`)
      return
    case 'set_timer':
      pending.set(`timer ${effect.timer_id}`, effect)
      return
    case 'remove_timer':
      pending.delete(`timer ${effect.timer_id}`)
      return
    case 'send_parent':
    case 'send_child':
    case 'emit':
    case 'run_action':
      return // Said and done long ago.
    default:
      effect satisfies never
  }
}
