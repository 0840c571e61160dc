/**
 * The thread behind heartbeat.ts, with a connection of its own.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { Database } from '../database/database.ts'

const options = z
  .object({
    url: z.string(),
    worker_id: z.string(),
    beat_ms: z.number(),
    silent_ms: z.number(),
    ticks: z.instanceof(Int32Array),
  })
  .parse(workerData)

const database = new Database(options.url, 'pawl_worker', 1)
let ticks = -1
let ticked_at = performance.now()

async function beat(): Promise<void> {
  const now = Atomics.load(options.ticks, 0)
  if (now !== ticks) {
    ticks = now
    ticked_at = performance.now()
  }
  if (performance.now() - ticked_at > options.silent_ms) return
  try {
    if (!(await database.beatWorker(options.worker_id))) parentPort?.postMessage('buried')
  } catch {
    // No database, no sign of life: the next beat tries again.
  }
}

let beating = false
setInterval(() => {
  if (beating) return
  beating = true
  void beat().finally(() => {
    beating = false
  })
}, options.beat_ms)
