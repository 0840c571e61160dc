/**
 * A worker: a process (or a part of one) that moves tasks.  It holds no truth.  What it has in
 * hand when it is killed, others go on with; when it is told to stop it finishes, or hands back.
 */
import { createHash, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { App } from './app/define_app.ts'
import { Database } from './database/database.ts'
import { startHeartbeat } from './loops/heartbeat.ts'
import { pause, ticker } from './loops/ticker.ts'
import { Refusal } from './refusal.ts'
import { superviseRunner } from './tasks/runner.ts'
import { Slots } from './tasks/slots.ts'
import type { Log, Served, WorkerWorld } from './tasks/world.ts'

export type WorkerOptions = {
  url: string
  app: App
  /** Tasks in hand at once. */
  concurrency: number
  /** Ends when nothing is left to do now or soon. */
  until_idle?: boolean
  log: Log
}

export type Worker = {
  readonly worker_id: string
  /** Resolves when it has stopped. */
  readonly done: Promise<void>
  /** Finishes what is in hand, or hands it back after ten seconds. */
  stop(): Promise<void>
}

const LEASE_MS = 4500
const BEAT_MS = 1000
const SWEEP_MS = 500
const DUE_MS = 200
const MONTHS_MS = 3_600_000
const IDLE_MS = 200
const GRACE_MS = 9_000
const JOBS_MAX = 10
/** Besides those of the jobs: the listener, the loops, the committer. */
const CONNECTIONS_MORE = 4

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const jobs = Math.min(options.concurrency, JOBS_MAX)
  const database = new Database(options.url, 'pawl_worker', jobs + CONNECTIONS_MORE)
  try {
    return await begin(options, database, jobs)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function begin(options: WorkerOptions, database: Database, jobs: number): Promise<Worker> {
  const { url, app, concurrency, log } = options
  const served = await findServed(database, app)
  const ending = new AbortController()
  const stopping = new AbortController()
  const world: WorkerWorld = {
    worker_id: randomUUID(),
    release: releaseOf(app),
    database,
    tools: app.tools,
    models: app.models,
    served: new Map(served.map((it) => [it.machine_id, it])),
    slots: new Slots(concurrency),
    ending: ending.signal,
    stopping: stopping.signal,
    log,
    lease_ms: LEASE_MS,
  }
  await database.startWorker({
    worker_id: world.worker_id,
    release: world.release,
    host: hostname(),
    pid: process.pid,
    serves: served.map((it) => `${it.name}:${it.version}`),
    concurrency,
  })
  const heartbeat = startHeartbeat({
    url,
    worker_id: world.worker_id,
    beat_ms: BEAT_MS,
    onBuried: () => {
      log.error(
        { worker_id: world.worker_id },
        'buried: taken for dead, so everything in hand is dropped',
      )
      ending.abort(new Refusal('PW401', 'this worker was buried'))
      void stop()
    },
  })
  const runner = superviseRunner(world, jobs)
  const loops = [
    ticker('sweep', SWEEP_MS, log, () => database.sweep()),
    ticker('due', DUE_MS, log, () => database.wakeDue()),
    ticker('months', MONTHS_MS, log, () => database.makeMonths()),
  ]
  let stopped: Promise<void> | undefined
  const idling = new AbortController()
  const ended = Promise.withResolvers<void>()
  if (options.until_idle)
    void untilIdle(database, [...world.served.keys()], idling.signal).then(stop)
  log.info({ worker_id: world.worker_id, serves: served.map((it) => it.name) }, 'worker started')
  return { worker_id: world.worker_id, done: ended.promise, stop }

  function stop(): Promise<void> {
    stopped ??= end().then(ended.resolve, ended.reject)
    return stopped
  }

  async function end(): Promise<void> {
    idling.abort()
    stopping.abort()
    await Promise.race([
      Promise.all([runner.stop(), world.slots.drained()]),
      pause(GRACE_MS, ending.signal),
    ])
    ending.abort(new Refusal('PW401', 'this worker is stopping'))
    await Promise.all(loops.map((it) => it.stop()))
    await database.stopWorker(world.worker_id)
    await heartbeat.stop()
    await database.close()
    log.info({ worker_id: world.worker_id }, 'worker stopped')
  }
}

/** Two looks in a row: a task between two jobs may look idle once. */
async function untilIdle(
  database: Database,
  machine_ids: number[],
  signal: AbortSignal,
): Promise<void> {
  for (let idle = 0; idle < 2 && !signal.aborted; ) {
    await pause(IDLE_MS, signal)
    if (signal.aborted) return
    idle = (await database.isIdle(machine_ids).catch(() => false)) ? idle + 1 : 0
  }
}

async function findServed(database: Database, app: App): Promise<Served[]> {
  return Promise.all(
    [...app.machines.values()].map(async (machine) => {
      const row = await database.findMachine(machine.registration)
      if (row) return { ...machine, ...row }
      const hint = '`pawl register --app FILE` makes this version known, and current'
      throw new Refusal(
        'PW102',
        `machine ${machine.name} is not registered as this code has it`,
        hint,
      )
    }),
  )
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
