/**
 * The thread behind heartbeat.ts, with connections of its own.  A beat that hangs keeps nobody from
 * trying the next on another connection; when none has been answered for as long as the lease, by
 * the clock that nobody sets, others have buried this worker or may do so now.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { Database } from '../database/database.ts'
import { isAway } from '../database/refused.ts'

const BEATS_AT_ONCE_MAX = 3
/** Who was frozen for longer than his lease still asks before he takes himself for dead. */
const BEATS_TO_ANSWER = 2

const options = z
  .object({
    url: z.string(),
    worker_id: z.string(),
    beat_ms: z.number(),
    lease_ms: z.number(),
    silent_ms: z.number(),
    ticks: z.instanceof(Int32Array),
  })
  .parse(workerData)
const { url, worker_id, beat_ms, lease_ms, silent_ms } = options

const database = new Database(url, 'pawl_worker', BEATS_AT_ONCE_MAX, lease_ms)
let ticks = -1
let ticked_at = performance.now()
let answered_at = performance.now()
/** The first that nobody has answered yet. */
let asked_at = Number.POSITIVE_INFINITY
let beating = 0

function answered(): void {
  answered_at = performance.now()
  asked_at = Number.POSITIVE_INFINITY
}

function mainStandsStill(): boolean {
  const now = Atomics.load(options.ticks, 0)
  if (now !== ticks) {
    ticks = now
    ticked_at = performance.now()
  }
  return performance.now() - ticked_at > silent_ms
}

async function beat(): Promise<void> {
  beating++
  asked_at = Math.min(asked_at, performance.now())
  try {
    const alive = await database.beatWorker(worker_id)
    answered()
    if (!alive) parentPort?.postMessage('buried')
  } catch (error) {
    // Where there is no Postgres nobody can show a sign of life, and nobody is buried for that.
    if (isAway(error)) answered()
  } finally {
    beating--
  }
}

function tick(): void {
  if (mainStandsStill()) {
    asked_at = Number.POSITIVE_INFINITY
    return
  }
  const now = performance.now()
  if (now - answered_at > lease_ms && now - asked_at > BEATS_TO_ANSWER * beat_ms) {
    clearInterval(ticking)
    parentPort?.postMessage('silent')
  } else if (beating < BEATS_AT_ONCE_MAX) void beat()
}

// What has come meanwhile is read first.
const ticking = setInterval(() => setImmediate(tick), beat_ms)
