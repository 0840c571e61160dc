/**
 * The two ways a step stops short that are no faults: it waits, or a cap stands in the way.
 */

/** Not an error: the step waits, holds no worker, and is tried again after a pause. */
export class Parked extends Error {
  override readonly name = 'Parked'
  readonly delay_ms: number

  constructor(reason: string, delay_ms: number) {
    super(reason)
    this.delay_ms = delay_ms
  }
}

/** A cap stands in the way: dimension is the budget's column, or `pool`. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget'
  readonly code = 'over_budget'
  readonly dimension: string

  constructor(dimension: string) {
    super(`the budget is used up: ${dimension}`)
    this.dimension = dimension
  }
}
