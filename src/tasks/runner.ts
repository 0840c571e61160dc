/**
 * Graphile Worker, at its fastest: a local queue, completions in batches.  A job is only a
 * wake-up, so what that may lose is harmless.  The runner ends on a database error; a supervisor
 * starts it again.
 */
import { EventEmitter } from 'node:events'
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import { pause } from '../pause.ts'
import { advance } from './advance.ts'
import type { WorkerWorld } from './world.ts'

const POLL_MS = 1000
const RESTART_MS = 500

export type Running = { stop(): Promise<void> }

export function superviseRunner(world: WorkerWorld, concurrency: number): Running {
  const stopping = new AbortController()
  let current: Runner | undefined
  const done = supervise()
  return {
    async stop() {
      stopping.abort()
      await current?.stop().catch(() => undefined)
      await done
    },
  }

  async function supervise(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        current = await start(world, concurrency)
        if (stopping.signal.aborted) await current.stop()
        await current.promise
      } catch (error) {
        world.log.warn({ err: String(error) }, 'the job runner ended; it is started again')
      }
      current = undefined
      await pause(RESTART_MS, stopping.signal)
    }
  }
}

async function start(world: WorkerWorld, concurrency: number): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => {
    void world.database.namePool(world.worker_id, workerPool.id).catch(() => undefined)
  })
  return run({
    pgPool: world.database.pool,
    schema: 'graphile_worker',
    taskList: taskList(world),
    noHandleSignals: true,
    events,
    logger: new Logger(() => (level, message) => {
      if (level === 'error') world.log.warn({ runner: message.slice(0, 500) }, 'job runner')
    }),
    concurrency,
    pollInterval: POLL_MS,
    preset: {
      worker: {
        concurrentJobs: concurrency,
        localQueue: { size: concurrency, ttl: 1000 },
        completeJobBatchDelay: 5,
        failJobBatchDelay: 5,
      },
    },
  })
}

function taskList(world: WorkerWorld): TaskList {
  const served = [...world.served.values()]
  return Object.fromEntries(
    served.map(({ name, version }) => [
      `advance:${name}:${version}`,
      (payload: unknown) => advance(world, payload),
    ]),
  )
}
