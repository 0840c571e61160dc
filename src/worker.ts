/**
 * A worker: a process (or a part of one) that moves tasks.  It holds no truth.  What it has in
 * hand when it is killed, others go on with; when it is told to stop it finishes, or hands back;
 * when it learns that it was taken for dead it drops everything and comes back under a new id.
 */
import { createHash } from 'node:crypto'
import type { App } from './app/define_app.ts'
import { findServed } from './app/find_served.ts'
import { Database } from './database/database.ts'
import type { Log } from './log.ts'
import { pause } from './pause.ts'
import { figuresOf, type WorkerFigures } from './worker_figures.ts'
import { beginLife, type Ground, type Life } from './worker_life.ts'

export type WorkerOptions = {
  url: string
  app: App
  /** Tasks in hand at once. */
  concurrency: number
  /** Ends when nothing is left to do now or soon. */
  until_idle?: boolean
  /** How patient it is, where not as usual. */
  figures?: Partial<WorkerFigures>
  log: Log
}

export type Worker = {
  /** Of its present life. */
  readonly worker_id: string
  /** Resolves when it has stopped. */
  readonly done: Promise<void>
  /** Finishes what is in hand, or hands it back within grace_ms. */
  stop(): Promise<void>
}

const IDLE_MS = 200
/** Before a worker that was buried comes back. */
const BACK_MS = 500
const CLOSE_MS = 500
/** A wake-up may hold one task, so there must be as many jobs as tasks in hand, within reason. */
const JOBS_MAX = 100
/** Statements are short and commits go out together: more connections would only contend. */
const CONNECTIONS_MAX = 11

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { url, app, concurrency, log } = options
  const figures = figuresOf(options.figures)
  const jobs = Math.min(concurrency, JOBS_MAX)
  const database = new Database(url, 'pawl_worker', Math.min(jobs + 2, CONNECTIONS_MAX))
  try {
    await database.checkLogin()
    const served = await findServed(database, app)
    const release = releaseOf(app)
    const ground = { url, app, database, served, release, concurrency, jobs, figures, log }
    const life = await beginLife(ground)
    void tellOfStranded(database, log)
    return live(ground, life, options.until_idle === true)
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Nobody else would notice: these tasks wait for code that runs nowhere. */
async function tellOfStranded(database: Database, log: Log): Promise<void> {
  const stranded = await database.strandedTasks().catch(() => [])
  for (const { machine, version, tasks } of stranded) {
    const hint = 'start a worker of that version, or `pawl deploy --migrate`'
    log.warn({ machine, version, tasks, hint }, 'tasks of a version that nobody serves')
  }
}

function live(ground: Ground, first: Life, until_idle: boolean): Worker {
  const { database, served } = ground
  const stopping = new AbortController()
  let life = first
  if (until_idle) {
    const machine_ids = served.map((it) => it.machine_id)
    const isIdle = async () => (await database.isIdle(machine_ids)) && life.isEmpty()
    void untilIdle(isIdle, stopping.signal).then(() => stopping.abort())
  }
  const done = lives()
  return {
    get worker_id() {
      return life.worker_id
    },
    done,
    stop() {
      stopping.abort()
      return done
    },
  }

  async function lives(): Promise<void> {
    const told = new Promise<void>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    for (;;) {
      await Promise.race([life.buried, told])
      await life.end()
      const next = await beginAgain(ground, life.worker_id, stopping.signal)
      if (!next) break
      life = next
    }
    // A connection that hangs must not keep the process.
    await Promise.race([database.close(), pause(CLOSE_MS, new AbortController().signal)])
    database.dropConnections()
  }
}

/**
 * Undefined when it was told to stop.  Who took himself for dead may have been buried by nobody,
 * and hands back what he dropped.
 */
async function beginAgain(
  ground: Ground,
  last_id: string,
  stopping: AbortSignal,
): Promise<Life | undefined> {
  while (!stopping.aborted) {
    await pause(BACK_MS, stopping)
    if (stopping.aborted) break
    try {
      await ground.database.stopWorker(last_id)
      return await beginLife(ground)
    } catch (error) {
      ground.log.warn({ err: String(error) }, 'could not come back; it is tried again')
    }
  }
  return undefined
}

/** Two looks in a row: a task between two jobs may look idle once. */
async function untilIdle(isIdle: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (let idle = 0; idle < 2 && !signal.aborted; ) {
    await pause(IDLE_MS, signal)
    if (signal.aborted) return
    idle = (await isIdle().catch(() => false)) ? idle + 1 : 0
  }
}

/** What ran, as far as code can tell: definitions, and the text of every function behind them. */
function releaseOf(app: App): string {
  const hash = createHash('sha256')
  for (const machine of app.machines.values()) {
    hash.update(JSON.stringify(machine.registration))
    for (const [name, actor] of machine.actors) hash.update(name).update(String(actor))
    for (const tool of machine.tools?.values() ?? [])
      hash.update(tool.version).update(String(tool.run))
  }
  for (const tool of app.tools.values()) hash.update(tool.version).update(String(tool.run))
  return hash.digest('hex').slice(0, 16)
}
