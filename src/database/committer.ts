/**
 * The group committer.  Every task in flight hands its commit here; one statement carries them
 * all.  While a flush is under way the next one gathers, so the batch size finds itself: one
 * when idle, hundreds when busy.  A refused item fails alone; a batch that fails unforeseen is
 * halved until the culprit stands alone.
 */
import type { CommitAnswer, CommitItem } from './rows.ts'

export type Flush = (items: readonly CommitItem[]) => Promise<CommitAnswer[]>

type Waiting = {
  item: CommitItem
  resolve: (answer: CommitAnswer) => void
  reject: (error: unknown) => void
}

const BATCH_MAX = 500
/** Somebody else holds the row for the length of a transaction; asking at once would spin. */
const BUSY_PAUSE_MS = 5

export class GroupCommitter {
  readonly #flush: Flush
  #waiting: Waiting[] = []
  #running = false

  constructor(flush: Flush) {
    this.#flush = flush
  }

  commit(item: CommitItem): Promise<CommitAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    // A turn of the loop later, so that what else is ready in this one rides along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const busy = await this.#send(this.#next())
      if (busy.length > 0) {
        this.#waiting.push(...busy)
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
      }
    }
    this.#running = false
  }

  /** At most one item of a task in a flush. */
  #next(): Waiting[] {
    const batch = new Map<string, Waiting>()
    const later: Waiting[] = []
    for (const waiting of this.#waiting) {
      const { task_id } = waiting.item
      if (batch.size < BATCH_MAX && !batch.has(task_id)) batch.set(task_id, waiting)
      else later.push(waiting)
    }
    this.#waiting = later
    return [...batch.values()]
  }

  /** Returns those that must ride in the next flush. */
  async #send(batch: Waiting[]): Promise<Waiting[]> {
    try {
      const answers = await this.#flush(batch.map((it) => it.item))
      const busy = batch.filter((_, index) => answers[index] === 'busy')
      batch.forEach((it, index) => {
        const answer = answers[index]
        if (answer === undefined) it.reject(new Error('pawl.commit gave no answer'))
        else if (answer !== 'busy') it.resolve(answer)
      })
      return busy
    } catch (error) {
      const [only] = batch
      if (batch.length === 1) {
        only?.reject(error)
        return []
      }
      const half = Math.ceil(batch.length / 2)
      const first = await this.#send(batch.slice(0, half))
      return [...first, ...(await this.#send(batch.slice(half)))]
    }
  }
}
