/** `pawl work`: one worker process. */
import type { Command } from 'commander'
import type { WorkerOptions } from '../worker.ts'
import type { WorkerFigures } from '../worker_figures.ts'
import { seconds, wholeNumber } from './arguments.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

type Options = UrlOption & {
  app: string
  concurrency: number
  untilIdle?: boolean
  lease?: number
  grace?: number
  logFile?: string
}

const CONCURRENCY = 10
/** After its grace a worker needs two seconds to hand back; after these it is not coming. */
const FAREWELL_MS_MAX = 6_000

export function workCommand(): Command {
  return databaseCommand('work')
    .description('one worker process')
    .usage('--app <file> [options]')
    .requiredOption('--app <file>', 'a module whose default export is defineApp(…)')
    .option('--concurrency <n>', 'tasks in hand at once', wholeNumber, CONCURRENCY)
    .option('--until-idle', 'end when nothing is left to do now or soon')
    .option('--lease <seconds>', 'silent for longer, it is taken for dead (4.5)', seconds)
    .option('--grace <seconds>', 'to finish what is in hand when told to stop (8)', seconds)
    .option('--log-file <file>', 'JSON lines, instead of to stderr')
    .action(async (options: Options) => {
      const { loadApp } = await import('./load_app.ts')
      const { makeLog } = await import('./log.ts')
      const { figuresOf } = await import('../worker_figures.ts')
      const { lease, grace } = options
      const figures = figuresOf({
        ...(lease !== undefined && { lease_ms: lease }),
        ...(grace !== undefined && { grace_ms: grace }),
      })
      const app = await loadApp(options.app)
      const url = await migratedUrl(options)
      await work({
        url,
        app,
        concurrency: options.concurrency,
        until_idle: options.untilIdle === true,
        figures,
        log: makeLog(options.logFile),
      })
    })
}

async function work(options: WorkerOptions & { figures: WorkerFigures }): Promise<void> {
  const { startWorker } = await import('../worker.ts')
  using stopping = stopSignal(options.figures.grace_ms + FAREWELL_MS_MAX)
  const worker = await startWorker(options)
  const stop = () => void worker.stop()
  stopping.signal.addEventListener('abort', stop, { once: true })
  if (stopping.signal.aborted) stop()
  await worker.done
}

/** Fires when somebody wants us to end: by a signal, or by dying, if they started us. */
function stopSignal(ms_max: number): { signal: AbortSignal } & Disposable {
  const stopping = new AbortController()
  const isChild = process.channel !== undefined && process.channel !== null
  const stop = () => {
    stopping.abort()
    setTimeout(() => process.exit(1), ms_max).unref()
  }
  // Ctrl-C reaches parent and children alike; the parent decides.
  const onInterrupt = () => (isChild ? undefined : stop())
  process.on('SIGTERM', stop).on('SIGINT', onInterrupt)
  if (isChild) process.on('disconnect', stop)
  if (isChild && !process.connected) stop()
  return {
    signal: stopping.signal,
    [Symbol.dispose]() {
      process.off('SIGTERM', stop).off('SIGINT', onInterrupt).off('disconnect', stop)
      if (process.connected) process.disconnect()
    },
  }
}
