/**
 * `pawl dev`: everything an app needs to run, until Ctrl-C.  Whatever is interrupted goes on at
 * the next start.
 */
import type { Command } from 'commander'
import type { App } from '../app/define_app.ts'
import { wholeNumber } from './arguments.ts'
import { colorsFor } from './colors.ts'
import { counted } from './figures.ts'
import { databaseCommand, findUrl, projectRoot, type UrlOption } from './place.ts'
import { registeredLines } from './register.ts'

type Options = UrlOption & { app: string; workers: number; concurrency: number }

const WORKERS = 1
const CONCURRENCY = 10
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function devCommand(): Command {
  return databaseCommand('dev')
    .description('database, migrate, register and work at once')
    .usage('--app <file> [options]')
    .requiredOption('--app <file>', 'a module whose default export is defineApp(…)')
    .option('--workers <n>', 'worker processes', wholeNumber, WORKERS)
    .option('--concurrency <n>', 'tasks in hand at once, in each', wholeNumber, CONCURRENCY)
    .action(async (options: Options) => {
      const { loadApp } = await import('./load_app.ts')
      const app = await loadApp(options.app)
      const { url, stop } = await openDatabase(options)
      try {
        await prepare(url, app)
        await workUntilTold(url, options)
      } finally {
        await stop()
      }
    })
}

/** The one that is named, else the embedded one. */
async function openDatabase(options: Options): Promise<{ url: string; stop(): Promise<void> }> {
  const { startEmbedded, embeddedUrl } = await import('../database/embedded.ts')
  const { ping } = await import('../database/connection.ts')
  const named = await findUrl(options)
  if (named !== undefined && named !== embeddedUrl(projectRoot())) {
    await ping(named)
    return { url: named, stop: async () => undefined }
  }
  return startEmbedded({ root: projectRoot(), log: (line) => console.log(line) })
}

async function prepare(url: string, app: App): Promise<void> {
  const { migrate } = await import('../database/migrate.ts')
  const { registerApp } = await import('../app/register.ts')
  await migrate(url, { log: (line) => console.log(line) })
  for (const line of registeredLines(await registerApp(url, app))) console.log(line)
}

async function workUntilTold(url: string, options: Options): Promise<void> {
  const { makeLog } = await import('./log.ts')
  const { superviseWorkers } = await import('./supervise.ts')
  const told = Promise.withResolvers<void>()
  const onSignal = () => told.resolve()
  for (const name of SIGNALS) process.on(name, onSignal)
  const { app, workers, concurrency } = options
  const supervisor = superviseWorkers({
    url,
    app_file: app,
    count: workers,
    concurrency,
    log: makeLog(),
  })
  const { bold } = colorsFor(process.stdout)
  const hands = `${counted(workers, 'worker')}, ${counted(concurrency, 'task')} at once in each`
  console.log(`${bold('working:')} ${hands}. Ctrl-C stops; what is under way goes on next time.`)
  await told.promise
  await supervisor.stop()
  for (const name of SIGNALS) process.off(name, onSignal)
}
