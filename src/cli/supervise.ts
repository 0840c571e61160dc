/**
 * Worker processes and the parent that looks after them.  A child that dies is buried at once, so
 * its tasks go on without waiting for the lease to end, and another takes its place; one that dies
 * again and again is started less and less often.  A child ends when its parent is gone (its IPC
 * channel closes), so a kill -9 of the parent leaves no orphans.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buryProcess } from '../database/bury.ts'
import { pause } from '../pause.ts'

export type SuperviseOptions = {
  url: string
  app_file: string
  /** How many processes. */
  count: number
  /** Tasks in hand at once, in each. */
  concurrency: number
  log: SuperviseLog
  /** More arguments for `pawl work`, such as --until-idle or --log-file. */
  args?: readonly string[]
}

export type SuperviseLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export type Supervisor = {
  /** Of the children alive now. */
  pids(): number[]
  /** Resolves when no child is left: after `stop`, or when all of them found nothing to do. */
  readonly done: Promise<void>
  /** Lets them finish or hand back what they have in hand. */
  stop(): Promise<void>
  /** Ends them at once, as a power cut would; none takes their place. */
  kill(): void
}

const BIN = fileURLToPath(new URL('../../bin/pawl.js', import.meta.url))
/** Much of what a worker reads is short-lived: 216 MB at most in the licence audit, 374 without. */
const LEAN = ['--max-semi-space-size=4']
const RESTART_MS_MIN = 100
/** Killed from outside: the machine has work for it as soon as it is back. */
const RESTART_KILLED_MS_MAX = 1_000
/** Ended by itself: something is wrong that another try will hardly cure. */
const RESTART_FAILED_MS_MAX = 10_000
const LIFE_MS_SHORT = 5_000
const STOP_MS_MAX = 15_000

export function superviseWorkers(options: SuperviseOptions): Supervisor {
  const children = new Set<ChildProcess>()
  const stopping = new AbortController()
  const places = Array.from({ length: options.count }, () =>
    keepOne(options, children, stopping.signal),
  )
  const done = Promise.all(places).then(() => undefined)
  return {
    pids: () => [...children].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    done,
    kill() {
      stopping.abort()
      endAll(children, 'SIGKILL')
    },
    async stop() {
      stopping.abort()
      endAll(children, 'SIGTERM')
      const late = setTimeout(() => endAll(children, 'SIGKILL'), STOP_MS_MAX)
      await done
      clearTimeout(late)
    },
  }
}

function endAll(children: ReadonlySet<ChildProcess>, signal: NodeJS.Signals): void {
  for (const child of children) child.kill(signal)
}

/** One place for a worker, taken by one process after another. */
async function keepOne(
  options: SuperviseOptions,
  children: Set<ChildProcess>,
  stopping: AbortSignal,
): Promise<void> {
  const isUntilIdle = options.args?.includes('--until-idle') === true
  for (let shortLives = 0; !stopping.aborted; ) {
    const begun = performance.now()
    const child = startChild(options)
    children.add(child)
    const { code, signal } = await ended(child)
    children.delete(child)
    if (code === 0 && isUntilIdle) return
    if (code !== 0) await bury(options, child.pid)
    if (stopping.aborted) return
    shortLives = performance.now() - begun < LIFE_MS_SHORT ? shortLives + 1 : 0
    const ms_max = signal === null ? RESTART_FAILED_MS_MAX : RESTART_KILLED_MS_MAX
    const ms = Math.min(RESTART_MS_MIN * 2 ** shortLives, ms_max)
    options.log.warn(
      { pid: child.pid, code, signal, restart_ms: ms },
      'a worker ended; another takes its place',
    )
    await pause(ms, stopping)
  }
}

/** As `pawl dev` and the benchmark start a worker process. */
export function startChild(options: Omit<SuperviseOptions, 'count' | 'log'>): ChildProcess {
  const { url, app_file, concurrency, args = [] } = options
  const words = ['work', '--app', resolve(app_file), '--concurrency', String(concurrency), ...args]
  return spawn(process.execPath, [...LEAN, BIN, ...words], {
    // The URL holds a password, and everybody may read a command line.
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

type End = { code: number | null; signal: NodeJS.Signals | null }

function ended(child: ChildProcess): Promise<End> {
  const { promise, resolve: resolveEnd } = Promise.withResolvers<End>()
  child.on('error', () => resolveEnd({ code: 1, signal: null })) // It could not be started.
  child.on('exit', (code, signal) => resolveEnd({ code, signal }))
  return promise
}

async function bury({ url, log }: SuperviseOptions, pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  try {
    const lost = await buryProcess(url, hostname(), pid)
    log.info({ pid, lost }, 'buried a dead worker')
  } catch (error) {
    log.warn({ pid, err: error }, 'could not bury a dead worker; the sweep of another one will')
  }
}
