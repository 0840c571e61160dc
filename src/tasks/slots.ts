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

  /** The work is told whether it had to wait, since what was read before may be old by then. */
  async run<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
    const waits = this.#free === 0
    if (waits) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    try {
      return await work(waits)
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
