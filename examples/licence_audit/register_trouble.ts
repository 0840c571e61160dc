/**
 * A register as one meets it in real life: now and then it is not available, and now and then it
 * does what it was asked and its reply is lost on the way.  Which request meets what is drawn from
 * a seed; the log says what was met.
 */
export type TroubleOptions = {
  readonly seed: number
  /** Shares of the requests, 0 to 1. */
  readonly unavailable: number
  readonly lost_replies: number
}

export type Met = 'unavailable' | 'reply_lost' | undefined

export class Trouble {
  readonly #options: TroubleOptions
  #state: number

  constructor(options: TroubleOptions) {
    this.#options = options
    this.#state = options.seed >>> 0
  }

  draw(): Met {
    const { unavailable, lost_replies } = this.#options
    const drawn = this.#random()
    if (drawn < unavailable) return 'unavailable'
    return drawn < unavailable + lost_replies ? 'reply_lost' : undefined
  }

  /** Mulberry32: small, and even enough for drawing lots. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
