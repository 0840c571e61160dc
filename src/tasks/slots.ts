/**
 * How many tasks a worker has in hand at once.  A wake-up may bring fifty: as many again as it has
 * in hand may wait here behind them, so that no slot stands empty while more are fetched; the rest
 * is for whoever has room.  A task that must be alone waits in its slot until nothing else is in
 * hand; nothing new begins meanwhile.
 */
import { pause } from '../pause.ts'

/** Tasks in one wake-up: as many as pawl.enqueue puts into it. */
export const WAKE_UP_TASKS_MAX = 50

/** Where a task stands in line, as in the database: the smaller priority first, then the earlier. */
export type Place = { priority: number; run_at: Date }

type Waiter = { place: Place; begin: () => void }

export class Slots {
  #free: number
  readonly #size: number
  /** In hand, waiting here, or being read. */
  #taken = 0
  readonly #waiting: Waiter[] = []
  #drained: (() => void)[] = []
  #roomy: (() => void)[] = []
  /** Who wants to be alone, first come first. */
  #lonely: (() => void)[] = []
  #alone = false
  /** Have given their slot back for a while, and will want one again. */
  #away = 0
  #emptied_at = performance.now()

  constructor(size: number) {
    this.#free = size
    this.#size = size
  }

  get room_max(): number {
    return 2 * this.#size
  }

  /** Somebody is alone here, or wants to be: nothing new is begun. */
  get closed(): boolean {
    return this.#alone || this.#lonely.length > 0
  }

  /** Nothing has been in hand for so long. */
  restedFor(ms: number): boolean {
    return this.#isEmpty && performance.now() - this.#emptied_at > ms
  }

  /** How many of these tasks have room.  Each of them must be run, or let go. */
  takeIn(wanted: number): number {
    const room = Math.max(0, this.room_max - this.#taken)
    const taken = this.closed ? 0 : Math.min(wanted, room)
    this.#taken += taken
    return taken
  }

  letGo(tasks: number): void {
    this.#taken -= tasks
    this.#goOn()
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
    const room = this.room_max - this.#taken
    return !this.closed && room >= Math.min(this.#size, WAKE_UP_TASKS_MAX)
  }

  async run<T>(place: Place, work: () => Promise<T>): Promise<T> {
    if (this.#free === 0 || this.closed) await this.#turn(place)
    else this.#free--
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  /** From within a slot: others have it until that is over, and then a slot's turn has come again. */
  async away<T>(place: Place, wait: () => Promise<T>): Promise<T> {
    this.#away++
    this.#leave()
    try {
      return await wait()
    } finally {
      this.#taken++
      if (this.#free === 0 || this.closed) await this.#turn(place)
      else this.#free--
      this.#away--
    }
  }

  /** From within a slot: true when every other one is empty; false after so long, or too late. */
  async alone(wait_ms: number, signal: AbortSignal): Promise<boolean> {
    const granted = Promise.withResolvers<true>()
    const grant = () => granted.resolve(true)
    this.#lonely.push(grant)
    this.#goOn()
    if (!this.#lonely.includes(grant)) return true
    const enough = new AbortController()
    const late = pause(wait_ms, AbortSignal.any([signal, enough.signal])).then(() => false)
    await Promise.race([granted.promise, late])
    enough.abort()
    // It may have been granted in the very moment it became too late.
    if (!this.#lonely.includes(grant)) return true
    this.#lonely = this.#lonely.filter((it) => it !== grant)
    this.#goOn()
    return false
  }

  /** Others may begin again. */
  leaveAlone(): void {
    this.#alone = false
    this.#goOn()
  }

  /** When nothing is in hand any more. */
  async drained(): Promise<void> {
    if (this.#isEmpty) return
    await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  get #isEmpty(): boolean {
    return this.#free === this.#size && this.#away === 0
  }

  #leave(): void {
    this.#free++
    this.letGo(1)
    if (this.#isEmpty) this.#rest()
  }

  /** Whose wake-up kept an early place (its worker died, say) goes before those who came here first. */
  #turn(place: Place): Promise<void> {
    return new Promise((begin) => {
      const before = this.#waiting.findLastIndex((it) => !isBefore(place, it.place))
      this.#waiting.splice(before + 1, 0, { place, begin })
    })
  }

  /** Whatever may begin now, begins. */
  #goOn(): void {
    if (!this.#alone && this.#size - this.#free === this.#lonely.length) {
      const grant = this.#lonely.shift()
      this.#alone = grant !== undefined
      grant?.()
    }
    while (!this.closed && this.#free > 0 && this.#waiting.length > 0) {
      this.#free--
      this.#waiting.shift()?.begin()
    }
    if (!this.#hasRoom) return
    for (const resolve of this.#roomy) resolve()
    this.#roomy = []
  }

  #rest(): void {
    this.#emptied_at = performance.now()
    for (const resolve of this.#drained) resolve()
    this.#drained = []
  }
}

function isBefore(one: Place, other: Place): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority
  return one.run_at < other.run_at
}
