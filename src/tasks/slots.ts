/**
 * How many tasks a worker has in hand at once.  A wake-up may bring fifty; the rest wait here.
 */
export class Slots {
  #free: number
  readonly #size: number
  readonly #waiting: (() => void)[] = []
  #drained: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
    this.#size = size
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      await work()
    } finally {
      this.#release()
    }
  }

  /** When nothing is in hand any more. */
  async drained(): Promise<void> {
    if (this.#free === this.#size) return
    await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  #release(): void {
    const next = this.#waiting.shift()
    if (next) {
      next()
      return
    }
    this.#free++
    if (this.#free < this.#size) return
    for (const resolve of this.#drained) resolve()
    this.#drained = []
  }
}
