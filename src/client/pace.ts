/**
 * Looks often while something happens, and less and less often while nothing does.
 */
import { setTimeout as sleep } from 'node:timers/promises'

const MS_MIN = 20
const MS_MAX = 500
const GROWTH = 1.5

export class Pace {
  readonly #signal: AbortSignal | undefined
  #ms = MS_MIN

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  hurry(): void {
    this.#ms = MS_MIN
  }

  /** Rejects when the signal fires. */
  async wait(): Promise<void> {
    await sleep(this.#ms, undefined, { ...(this.#signal && { signal: this.#signal }) })
    this.#ms = Math.min(this.#ms * GROWTH, MS_MAX)
  }
}
