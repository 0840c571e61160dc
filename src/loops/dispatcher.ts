/**
 * The loop that does what is due.  The database says when the next thing is, and the loop sleeps
 * until then, but no longer than a second: somebody else may set a timer meanwhile.  A timer that
 * this very worker sets it is told of.
 */
import type { Log } from '../log.ts'

const REST_MS = 1000
/** However much is due, others get their turn between two ticks. */
const BREATH_MS = 10

export class Dispatcher {
  readonly #log: Log
  /** Milliseconds until it should be called again. */
  readonly #tick: () => Promise<number>
  #next_at = 0
  #wake: () => void = () => undefined
  #stopping = false
  #done: Promise<void> = Promise.resolve()

  constructor(log: Log, tick: () => Promise<number>) {
    this.#log = log
    this.#tick = tick
  }

  start(): this {
    this.#done = this.#run()
    return this
  }

  /** Something will be due in so many milliseconds. */
  nudge(in_ms: number): void {
    const at = performance.now() + in_ms
    if (at >= this.#next_at) return
    this.#next_at = at
    this.#wake()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#done
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const ms = this.#next_at - performance.now()
      if (ms > 0) {
        await this.#sleep(ms)
        continue
      }
      const started = performance.now()
      this.#next_at = started + REST_MS
      const rest = await this.#tick().catch((error) => {
        if (!this.#stopping) this.#log.warn({ loop: 'due', err: String(error) }, 'due failed')
        return REST_MS
      })
      this.nudge(rest)
      this.#next_at = Math.max(this.#next_at, performance.now() + BREATH_MS)
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
