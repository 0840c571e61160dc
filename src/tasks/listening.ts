/**
 * Notifications are a hint: a job is found within a second without them, and sooner with them.  But
 * a connection that listens can die without a word, so this worker now and then says something to
 * itself.  Where that is not heard, Graphile's listening connection is cut, and makes another.  A
 * notification of no job at all also says that something may be due sooner than anybody looks.
 */
import type { WorkerEvents } from 'graphile-worker'
import { pause } from '../pause.ts'
import type { WorkerWorld } from './world.ts'

const PROBE_MS = 5_000
const NO_JOB = '{"count":0}'
/** After so many connections that heard nothing there is no use in more for a while. */
const DEAF_MAX = 3
const DEAF_REST_MS = 300_000

/** Whoever hears a probe need not send one: one in five seconds is enough for all workers. */
export async function keepListening(
  world: WorkerWorld,
  events: WorkerEvents,
  over: AbortSignal,
): Promise<void> {
  let listener: object | undefined
  let heard_at = performance.now()
  let deaf = 0
  const hear = () => {
    heard_at = performance.now()
    deaf = 0
  }
  events.on('pool:listen:success', ({ client }) => {
    listener = client
    heard_at = performance.now()
  })
  events.on('pool:listen:release', () => {
    listener = undefined
  })
  events.on('pool:listen:notification', ({ message }) => {
    hear()
    if (message.payload === NO_JOB) world.dispatcher.nudge(0)
  })
  while (!over.aborted) {
    await pause(deaf < DEAF_MAX ? PROBE_MS : DEAF_REST_MS, over)
    const silent_ms = performance.now() - heard_at
    if (over.aborted || !listener || silent_ms < PROBE_MS) continue
    if (silent_ms < 2 * PROBE_MS) {
      await world.database.probeListeners().catch(() => undefined)
      continue
    }
    deaf++
    world.log.warn({ silent_ms: Math.round(silent_ms) }, 'nothing is heard: it listens anew')
    cut(listener)
  }
}

/** Graphile is told of the loss, as of any other, and connects again. */
function cut(client: object): void {
  const connection: unknown = Reflect.get(client, 'connection')
  const stream: unknown =
    connection instanceof Object ? Reflect.get(connection, 'stream') : undefined
  if (stream instanceof Object && 'destroy' in stream && typeof stream.destroy === 'function') {
    stream.destroy()
  }
}
