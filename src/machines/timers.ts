/**
 * What one move does to timers: of each the last word counts.  An event raised for later without an
 * id gets a name that no other of its task has, the same one each time the move is made.
 */
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { fieldOf } from './guards.ts'
import { assertJson } from './json.ts'
import type { Effect } from './moves.ts'

const UNNAMED = 'pawl.raise.'

/** How many of these set a timer that nobody named. */
export function unnamedIn(effects: readonly Effect[]): number {
  return effects.filter((it) => it.kind === 'set_timer' && it.timer_id.startsWith(UNNAMED)).length
}

export class Timers {
  readonly touched = new Map<string, Effect>()
  #unnamed: number

  constructor(unnamed: number) {
    this.#unnamed = unnamed
  }

  remove(timer_id: string): void {
    this.touched.set(timer_id, { kind: 'remove_timer', timer_id })
  }

  set(params: unknown, to?: string): void {
    const [id, delay_ms] = [fieldOf(params, 'id'), fieldOf(params, 'delay')]
    // Without a delay XState has taken the event within the same macrostep.
    if (delay_ms === undefined && !String(id).startsWith('xstate.after.')) return
    const timer_id = id === undefined ? `${UNNAMED}${++this.#unnamed}` : String(id)
    assertDelay(delay_ms, `the delay of '${timer_id}'`)
    const event = eventOf(params, `the event of timer '${timer_id}'`)
    // Set again, it comes after what was set since.
    this.touched.delete(timer_id)
    const set = { kind: 'set_timer', timer_id, delay_ms, event } as const
    this.touched.set(timer_id, to === undefined ? set : { ...set, to })
  }
}

/** A hundred years.  PostgreSQL's own calendar ends, too. */
const delay_ms_max = 36_525 * 86_400_000

export function assertDelay(delay_ms: unknown, what: string): asserts delay_ms is number {
  if (typeof delay_ms === 'number' && delay_ms >= 0 && delay_ms <= delay_ms_max) return
  const hint = 'a delay is a number of milliseconds, zero or more, at most a hundred years'
  throw new Refusal('PW603', `${what} came out as ${delay_ms}`, hint)
}

export function eventOf(params: unknown, what: string): Json {
  const event = fieldOf(params, 'event')
  assertJson(event, what)
  return event
}
