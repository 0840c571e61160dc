/**
 * Graphile Worker, at its fastest: a local queue, completions in batches.  A job is only a
 * wake-up, so what that may lose is harmless.  The runner ends on a database error; a supervisor
 * starts it again.
 */
import { EventEmitter } from 'node:events'
import {
  type JobHelpers,
  Logger,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker'
import { pause } from '../pause.ts'
import { advance } from './advance.ts'
import { Gate } from './gate.ts'
import { keepListening } from './listening.ts'
import { WAKE_UP_TASKS_MAX } from './slots.ts'
import type { WorkerWorld } from './world.ts'

const POLL_MS = 1000
const RESTART_MS = 500
const NAME_TRIES_MAX = 10
/** What was fetched and nobody here asks for goes back after so long. */
const KEPT_MS_MAX = 250

/**
 * The numbers of its tasks Graphile (0.18) asks for once, before its first fetch; where the database
 * is lost just then it remembers that error for good, and no fetch ever succeeds.
 */
const NEVER_FETCHED = /^Error occurred fetching jobs/

export type Running = { stop(): Promise<void> }

export function superviseRunner(world: WorkerWorld, concurrency: number): Running {
  const stopping = new AbortController()
  const runners = new Set<Runner>()
  const done = supervise()
  return {
    async stop() {
      stopping.abort()
      // One that has ended by itself says so by rejecting.
      await Promise.allSettled([...runners].map((runner) => runner.stop()))
      await done
    },
  }

  async function supervise(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { runner, ending } = await start(world, concurrency)
        runners.add(runner)
        const over = runner.promise.finally(() => runners.delete(runner))
        over.catch(() => undefined)
        if (stopping.signal.aborted) await runner.stop()
        // Not until its last job is done: that may take minutes, and meanwhile nobody would fetch.
        await Promise.race([over, ending])
        runner.stop().catch(() => undefined)
      } catch (error) {
        world.log.warn({ err: String(error) }, 'the job runner could not go on')
      }
      if (stopping.signal.aborted) return
      world.log.warn({}, 'the job runner ended; another is started')
      await pause(RESTART_MS, stopping.signal)
    }
  }
}

async function start(world: WorkerWorld, concurrency: number) {
  const events: WorkerEvents = new EventEmitter()
  const ending = Promise.withResolvers<void>()
  const over = new AbortController()
  events.on('pool:gracefulShutdown', () => {
    ending.resolve()
    over.abort()
  })
  const gate = gateOf(world, events, over.signal)
  void keepListening(world, events, over.signal)
  const isHopeless = hopelessness(events)
  events.on('pool:create', ({ workerPool }) => void namePool(world, workerPool.id))
  events.on('localQueue:init', ({ localQueue }) => handleAll(world, localQueue, events))
  const runner = await run({
    pgPool: world.database.graphile,
    schema: 'graphile_worker',
    taskList: taskList(world),
    forbiddenFlags: () => gate.ask(),
    noHandleSignals: true,
    events,
    logger: new Logger(() => (level, message) => {
      if (level !== 'error') return
      world.log.warn({ runner: message.slice(0, 500) }, 'job runner')
      if (isHopeless(message)) ending.resolve()
    }),
    concurrency,
    pollInterval: POLL_MS,
    preset: {
      worker: {
        concurrentJobs: concurrency,
        preparedStatements: !world.database.pooled,
        localQueue: { size: fetchedAtOnce(world), ttl: KEPT_MS_MAX },
        completeJobBatchDelay: 5,
        failJobBatchDelay: 5,
      },
    },
  }).catch((error) => {
    // One that never began says of no end, and somebody would listen for it for ever.
    over.abort()
    throw error
  })
  return { runner, ending: ending.promise }
}

/** Says of an error whether with it this runner will never fetch anything. */
function hopelessness(events: WorkerEvents): (message: string) => boolean {
  let fetched = false
  events.on('localQueue:getJobs:complete', () => {
    fetched = true
  })
  return (message) => !fetched && NEVER_FETCHED.test(message)
}

function gateOf(world: WorkerWorld, events: WorkerEvents, over: AbortSignal): Gate {
  const gate = new Gate(world.slots, over)
  for (const event of ['job:start', 'worker:getJob:empty', 'worker:getJob:error'] as const) {
    events.on(event, () => gate.answered())
  }
  return gate
}

/** No more jobs than there is room for, if each brings as many tasks as it can. */
function fetchedAtOnce({ slots }: WorkerWorld): number {
  return Math.ceil(slots.room_max / WAKE_UP_TASKS_MAX)
}

/**
 * A local queue (0.18) that is released while Postgres is away leaves the promise of returning its
 * jobs to itself, and the process would end with it.  And what it returns it announces to nobody,
 * while others may stand idle.
 */
function handleAll(world: WorkerWorld, localQueue: object, events: WorkerEvents): void {
  const background: unknown = Reflect.get(localQueue, 'background')
  if (typeof background !== 'function') return
  let returns = false
  events.on('localQueue:returnJobs', () => {
    returns = true
  })
  Reflect.set(localQueue, 'background', (promise: Promise<unknown>) => {
    const announce = returns ? () => world.database.announceJobs() : () => undefined
    returns = false
    promise.then(announce).catch(() => undefined)
    return Reflect.apply(background, localQueue, [promise])
  })
}

/** Without it nobody could unlock this pool's jobs when it dies. */
async function namePool(world: WorkerWorld, pool_id: string): Promise<void> {
  for (let tries = 1; tries <= NAME_TRIES_MAX && !world.ending.aborted; tries++) {
    try {
      return await world.database.namePool(world.worker_id, pool_id)
    } catch (error) {
      world.log.warn({ err: String(error) }, 'could not name the pool of jobs')
      await pause(RESTART_MS * tries, world.ending)
    }
  }
}

function taskList(world: WorkerWorld): TaskList {
  const served = [...world.served.values()]
  return Object.fromEntries(
    served.map(({ name, version }) => [
      `advance:${name}:${version}`,
      (payload: unknown, { job }: JobHelpers) =>
        advance(world, payload, {
          identifier: job.task_identifier,
          priority: job.priority,
          run_at: job.run_at,
        }),
    ]),
  )
}
