/**
 * Where a runner's job slots wait before they ask for a job: one asks at a time, and none while
 * this worker has no room for what a job may bring.  Without it a worker would fetch jobs only to
 * pass them on.
 */
import type { Slots } from './slots.ts'

export class Gate {
  readonly #slots: Slots
  readonly #over: AbortSignal
  #before: Promise<void> = Promise.resolve()
  #answered: () => void = () => undefined

  /** `over`: nobody is kept waiting any more. */
  constructor(slots: Slots, over: AbortSignal) {
    this.#slots = slots
    this.#over = over
  }

  /** As Graphile's forbiddenFlags, which it asks for before each job: none are forbidden. */
  async ask(): Promise<null> {
    const before = this.#before
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#before = promise
    await before
    await this.#slots.room(this.#over)
    this.#answered = resolve
    return null
  }

  /** A job came, or none did: the next one may ask. */
  answered(): void {
    this.#answered()
  }
}
