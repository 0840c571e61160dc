/**
 * How patient a worker is, and others with it.  One figure, the lease, carries the rest: who wants
 * dead workers noticed sooner shortens it, and the signs of life follow.
 */
import { Refusal } from './refusal.ts'

export type WorkerFigures = {
  /** Silent for longer than this, a worker is buried: its steps go on elsewhere. */
  lease_ms: number
  /** Between two signs of life. */
  beat_ms: number
  /** Between two looks for the dead, of all workers together. */
  sweep_ms: number
  /** A ready task that nobody has woken for so long has lost its wake-up. */
  patience_ms: number
  /** What is in hand when a worker is told to stop may take so long; the rest is handed back. */
  grace_ms: number
  /** A main loop that stands still for so long is as good as dead: no sign of life any more. */
  silent_ms: number
  /** After so many moves in a row (steps done, events taken) a task hands over to others. */
  slice_steps_max: number
  /** And after so long, as soon as the step in hand is done. */
  slice_ms_max: number
}

const LEASE_MS = 4500
const LEASE_MS_MAX = 3_600_000
const PATIENCE_MS = 30_000
const GRACE_MS = 8_000
const GRACE_MS_MAX = 3_600_000
const SILENT_MS = 20_000
const SLICE_STEPS_MAX = 50
const SLICE_MS_MAX = 30_000
/** So many signs of life may get lost before anybody is buried for it. */
const BEATS_PER_LEASE = 4.5
const BEATS_PER_LEASE_MIN = 3

/** Whole and sane, or refused with PW608. */
export function figuresOf(given: Partial<WorkerFigures> = {}): WorkerFigures {
  const lease_ms = given.lease_ms ?? LEASE_MS
  const figures = {
    lease_ms,
    beat_ms: given.beat_ms ?? Math.max(1, Math.round(lease_ms / BEATS_PER_LEASE)),
    sweep_ms: given.sweep_ms ?? Math.max(1, Math.round(lease_ms / 9)),
    patience_ms: given.patience_ms ?? Math.max(PATIENCE_MS, lease_ms),
    grace_ms: given.grace_ms ?? GRACE_MS,
    silent_ms: given.silent_ms ?? Math.max(SILENT_MS, lease_ms),
    slice_steps_max: given.slice_steps_max ?? SLICE_STEPS_MAX,
    slice_ms_max: given.slice_ms_max ?? SLICE_MS_MAX,
  }
  for (const [name, figure] of Object.entries(figures)) {
    const is_grace = name === 'grace_ms'
    if (!Number.isInteger(figure) || figure < (is_grace ? 0 : 1)) {
      throw refusal(`${name} is not a whole number above zero: ${figure}`)
    }
  }
  const { beat_ms, sweep_ms, patience_ms, grace_ms } = figures
  if (lease_ms < 500 || lease_ms > LEASE_MS_MAX) {
    throw refusal(`a lease of ${lease_ms} ms is not between half a second and an hour`)
  }
  if (beat_ms * BEATS_PER_LEASE_MIN > lease_ms) {
    throw refusal(`a sign of life each ${beat_ms} ms is too rare for a lease of ${lease_ms} ms`)
  }
  if (sweep_ms > lease_ms) throw refusal(`sweep_ms ${sweep_ms} is longer than the lease`)
  if (patience_ms < lease_ms) throw refusal(`patience_ms ${patience_ms} is shorter than the lease`)
  if (grace_ms > GRACE_MS_MAX) throw refusal(`grace_ms ${grace_ms} is longer than an hour`)
  return figures
}

function refusal(message: string): Refusal {
  const hint = 'lease_ms alone is enough: signs of life and sweeps follow it'
  return new Refusal('PW608', message, hint)
}
