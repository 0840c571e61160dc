/**
 * How many tasks a worker has in hand at once.  A wake-up may bring fifty: as many again as it has
 * in hand may wait here behind them, so that no slot stands empty while more are fetched; the rest
 * is for whoever has room.
 */
import { WAKE_UP_TASKS_MAX } from './wake_up.ts'

export class Slots {
  #free: number
  readonly #size: number
  /** In hand, waiting here, or being read. */
  #taken = 0
  readonly #waiting: (() => void)[] = []
  #drained: (() => void)[] = []
  #roomy: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
    this.#size = size
  }

  get room_max(): number {
    return 2 * this.#size
  }

  /** How many of these tasks have room.  Each of them must be run, or let go. */
  takeIn(wanted: number): number {
    const taken = Math.min(wanted, this.room_max - this.#taken)
    this.#taken += taken
    return taken
  }

  letGo(tasks: number): void {
    this.#taken -= tasks
    if (!this.#hasRoom) return
    for (const resolve of this.#roomy) resolve()
    this.#roomy = []
  }

  /** When there is room for a wake-up, or it does not matter any more. */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.#hasRoom && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const onAbort = () => resolve()
      this.#roomy.push(resolve)
      signal.addEventListener('abort', onAbort)
      await promise
      signal.removeEventListener('abort', onAbort)
    }
  }

  get #hasRoom(): boolean {
    return this.room_max - this.#taken >= Math.min(this.#size, WAKE_UP_TASKS_MAX)
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    try {
      return await work()
    } finally {
      this.#release()
      this.letGo(1)
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
