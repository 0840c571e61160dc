/**
 * One sign of life a second, from a thread of its own: a main loop that is merely busy must not
 * look dead.  But one that stands still for long is as good as dead, and then the thread
 * falls silent too, so that somebody takes the work over.  A worker whose signs of life nobody
 * answers is as good as dead as well: it is told so by its own clock, since nobody else can.
 */
import { Worker } from 'node:worker_threads'

export type Heartbeat = { stop(): Promise<void> }

export type HeartbeatOptions = {
  url: string
  worker_id: string
  beat_ms: number
  /** Without an answer for longer than this, the worker is as good as buried. */
  lease_ms: number
  /** No sign of life any more when the main loop has stood still for so long. */
  silent_ms: number
  /** Called once, when the database says that this worker was buried. */
  onBuried: () => void
  /** Called once, when the database has said nothing for longer than the lease. */
  onSilent: () => void
}

const TICK_MS = 250
const FILE = import.meta.url.endsWith('.ts') ? './heartbeat_thread.ts' : './heartbeat_thread.js'

export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { onBuried, onSilent, ...figures } = options
  const ticks = new Int32Array(new SharedArrayBuffer(4))
  const ticking = setInterval(() => Atomics.add(ticks, 0, 1), TICK_MS)
  const thread = new Worker(new URL(FILE, import.meta.url), {
    workerData: { ...figures, ticks },
    stdout: false,
  })
  thread.on('message', (told) => (told === 'silent' ? onSilent() : onBuried()))
  // A thread that dies takes its signs of life along; the sweep of another worker does the rest.
  thread.on('error', onBuried)
  return {
    async stop() {
      clearInterval(ticking)
      thread.removeAllListeners()
      await thread.terminate()
    },
  }
}
