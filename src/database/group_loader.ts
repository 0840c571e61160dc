/**
 * The group loader.  Whoever wants to read a task asks here; one statement answers them all.
 * While one is under way the next gathers, so the batch size finds itself.
 */
type Load<T> = (task_ids: readonly string[]) => Promise<T[]>

type Waiting<T> = {
  task_id: string
  resolve: (task: T | undefined) => void
  reject: (error: unknown) => void
}

const BATCH_MAX = 200

export class GroupLoader<T extends { task_id: string }> {
  readonly #load: Load<T>
  #waiting: Waiting<T>[] = []
  #running = false

  constructor(load: Load<T>) {
    this.#load = load
  }

  /** Undefined where the database answers nothing for it. */
  load(task_id: string): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task_id, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    // A turn of the loop later, so that what else is asked in this one rides along.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, BATCH_MAX))
    this.#running = false
  }

  async #send(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      const rows = await this.#load([...new Set(batch.map((it) => it.task_id))])
      const tasks = new Map(rows.map((task) => [task.task_id, task]))
      for (const { task_id, resolve } of batch) resolve(tasks.get(task_id))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
