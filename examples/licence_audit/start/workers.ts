/**
 * The workers of a run: processes of their own, which end with it.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeLog } from '../../../src/cli/log.ts'
import { superviseWorkers } from '../../../src/cli/supervise.ts'
import { FOLDER } from './home.ts'
import type { Interrupts } from './interrupts.ts'

export type Workers = AsyncDisposable & {
  /** Rejects when they cannot work. */
  readonly lost: Promise<never>
  /** Of those alive now. */
  pids(): number[]
}

const WORKERS_LOG = join(FOLDER, 'workers.log')

export const APP = join(import.meta.dirname, '..', 'app.ts')
const CONCURRENCY = 16
/** Ended by themselves so often, they will not do better the next time. */
const FAILURES_MAX = 6

export function startWorkers(url: string, count: number, interrupts: Interrupts): Workers {
  rmSync(WORKERS_LOG, { force: true })
  const file = makeLog(WORKERS_LOG)
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  let failures = 0
  const supervisor = superviseWorkers({
    url,
    app_file: APP,
    count,
    concurrency: CONCURRENCY,
    args: ['--log-file', WORKERS_LOG],
    log: {
      info: (fields, message) => file.info(fields, message),
      warn: (fields, message) => {
        file.warn(fields, message)
        if ('signal' in fields && fields.signal === null) failures++
        if (failures >= FAILURES_MAX)
          lost.reject(new Error(`the workers do not work: ${WORKERS_LOG}`))
      },
    },
  })
  interrupts.insisted.addEventListener('abort', () => supervisor.kill())
  return {
    lost: lost.promise,
    pids: () => supervisor.pids(),
    [Symbol.asyncDispose]: () => supervisor.stop(),
  }
}
