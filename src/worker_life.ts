/**
 * One life of a worker: from its row in pawl.workers until it stops or is buried.  Whatever it
 * had in hand then is somebody else's, so nothing of it outlives this life.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { App } from './app/define_app.ts'
import { crashpoint } from './crashpoint.ts'
import type { Database } from './database/database.ts'
import type { Log } from './log.ts'
import { Dispatcher } from './loops/dispatcher.ts'
import { startHeartbeat } from './loops/heartbeat.ts'
import { type Ticker, ticker } from './loops/ticker.ts'
import { pause } from './pause.ts'
import { Refusal } from './refusal.ts'
import { Hands } from './tasks/hands.ts'
import { type Running, superviseRunner } from './tasks/runner.ts'
import { Slots } from './tasks/slots.ts'
import type { Served, WorkerWorld } from './tasks/world.ts'
import type { WorkerFigures } from './worker_figures.ts'

export type Ground = {
  url: string
  app: App
  database: Database
  served: readonly Served[]
  release: string
  concurrency: number
  /** Jobs of Graphile's at once. */
  jobs: number
  figures: WorkerFigures
  log: Log
}

export type Life = {
  readonly worker_id: string
  /** Resolves when it is taken for dead. */
  readonly buried: Promise<void>
  /** It has nothing in hand, and nothing waits in it for a row that somebody holds. */
  isEmpty(): boolean
  /** Finishes what is in hand, or hands it back; drops it, where it was buried. */
  end(): Promise<void>
}

const STRAYS_MS = 2000
/** Together with the age that is asked about, how long work may go on that is over. */
const OVER_MS = 300
const OVER_AGE_MS = 250
const MONTHS_MS = 3_600_000
/** A stray is found within two ticks of its patience; who has rested for longer can have none. */
const STRAYLESS_MS = 20_000
/** For each of the farewells: a database that does not answer must not keep anybody. */
const FAREWELL_MS = 600

export async function beginLife(ground: Ground): Promise<Life> {
  const { url, database, figures, log } = ground
  const worker_id = randomUUID()
  const ending = new AbortController()
  const stopping = new AbortController()
  const buried = Promise.withResolvers<void>()
  const die = (why: string) => {
    if (ending.signal.aborted) return
    log.error({ worker_id }, `${why}, so everything in hand is dropped`)
    ending.abort(new Refusal('PW401', 'this worker was buried'))
    buried.resolve()
  }
  const onBuried = () => die('buried: taken for dead')
  const onSilent = () => {
    die('silent: Postgres has answered no sign of life for longer than the lease')
    // Whatever waits on them would wait for ever, and nothing new could be asked.
    database.dropConnections()
  }
  const checkAlive = async () => {
    if (!(await database.beatWorker(worker_id))) onBuried()
  }
  const signals = { ending: ending.signal, stopping: stopping.signal }
  const dispatcher = new Dispatcher(log, () => database.dispatch())
  const hands = new Hands(ending.signal)
  const world = { ...worldOf(ground), ...signals, worker_id, hands, checkAlive, dispatcher }
  await introduce(world, ground.concurrency)
  await crashpoint('worker.introduced')
  const heartbeat = startHeartbeat({ url, worker_id, ...figures, onBuried, onSilent })
  const runner = superviseRunner(world, ground.jobs)
  const loops = [dispatcher.start(), ...startLoops(world, figures)]
  return {
    worker_id,
    buried: buried.promise,
    isEmpty: () => world.slots.restedFor(0),
    async end() {
      stopping.abort()
      await crashpoint('worker.stopping')
      await finish(world, runner, figures.grace_ms)
      await crashpoint('worker.finished')
      ending.abort(new Refusal('PW401', 'this worker is stopping'))
      await sayFarewell(world, loops)
      await heartbeat.stop()
      log.info({ worker_id }, 'worker stopped')
    },
  }
}

/** What is the same for all that happens in this life, and new with each. */
function worldOf({ app, database, served, release, concurrency, figures, log }: Ground) {
  return {
    release,
    database,
    tools: app.tools,
    models: app.models,
    served: new Map(served.map((it) => [it.machine_id, it])),
    slots: new Slots(concurrency),
    held: new Set<string>(),
    log,
    lease_ms: figures.lease_ms,
    slice: figures,
  }
}

async function introduce(
  { database, worker_id, release, served, lease_ms, log }: WorkerWorld,
  concurrency: number,
): Promise<void> {
  const machines = [...served.values()]
  await database.startWorker({
    worker_id,
    release,
    host: hostname(),
    pid: process.pid,
    serves: machines.map((it) => `${it.name}:${it.version}`),
    concurrency,
    lease_ms,
  })
  log.info({ worker_id, serves: machines.map((it) => it.name) }, 'worker started')
}

function startLoops(
  { database, worker_id, slots, hands, log }: WorkerWorld,
  { sweep_ms, patience_ms }: WorkerFigures,
): Ticker[] {
  const handBack = async () => {
    if (slots.restedFor(STRAYLESS_MS)) return
    await database.handBackStrays(worker_id, hands.list())
  }
  // Where another worker sweeps, to look every other time is enough to notice when it is gone.
  let resting = false
  const sweep = async () => {
    resting = !resting && !(await database.sweep(sweep_ms, patience_ms))
  }
  return [
    ticker('sweep', sweep_ms, log, sweep),
    ticker('strays', STRAYS_MS, log, handBack),
    ticker('over', OVER_MS, log, () =>
      hands.endOver(OVER_AGE_MS, (sites) => database.attemptsOver(sites)),
    ),
    ticker('months', MONTHS_MS, log, () => database.makeMonths()),
  ]
}

/** What is in hand is finished, for as long as that may take. */
async function finish(
  { slots, ending, log }: WorkerWorld,
  runner: Running,
  grace_ms: number,
): Promise<void> {
  const runner_stopped = runner.stop().catch((error) => {
    log.warn({ err: String(error) }, 'the job runner did not stop in good order')
  })
  const finished = Promise.all([runner_stopped, slots.drained()])
  await Promise.race([finished, pause(grace_ms, ending)])
}

/** Hands back what is left; where that cannot be done, the sweep of another worker finds it. */
async function sayFarewell(
  { worker_id, database, log }: WorkerWorld,
  loops: readonly Ticker[],
): Promise<void> {
  const never = new AbortController().signal
  await Promise.race([Promise.all(loops.map((it) => it.stop())), pause(FAREWELL_MS, never)])
  const handed_back = database.stopWorker(worker_id).catch((error) => {
    log.warn({ worker_id, err: String(error) }, 'could not hand back what is left')
  })
  await Promise.race([handed_back, pause(FAREWELL_MS, never)])
}
