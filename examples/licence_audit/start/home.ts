/**
 * Where a run lives: its database, and the register's log beside it.  Both stay between runs.  A
 * run with the real model has a database of its own, so that no worker of it can ever be woken by
 * a task that was meant for the stand-in and stands outside the pool; so has chaos, each time anew.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { colorsFor } from '../../../src/cli/colors.ts'
import { ping } from '../../../src/database/connection.ts'
import { embeddedUrl, startEmbedded } from '../../../src/database/embedded.ts'
import { commandOf } from '../../../src/database/processes.ts'
import { PROJECT_ROOT } from '../corpus.ts'
import type { Options } from './options.ts'
import { Postgres } from './postgres.ts'

export const FOLDER = join(PROJECT_ROOT, '.pawl')
const MAIN = 'licence_audit/main.ts'
const CHAOS = 'pawl_chaos'

export type Home = AsyncDisposable & {
  readonly url: string
  readonly embedded: boolean
  /** The register's own. */
  readonly log_file: string
}

type Wishes = Pick<Options, 'real' | 'keep' | 'chaos'> & { readonly say: (line: string) => void }

export async function openHome({ real, keep, chaos, say }: Wishes): Promise<Home> {
  const given = process.env['DATABASE_URL']
  if (given) {
    await ping(given)
    say(`PostgreSQL of yours (DATABASE_URL); the register's log in ${FOLDER}`)
    const log_file = join(FOLDER, `register-${hashOf(given)}.jsonl`)
    return { url: given, embedded: false, log_file, [Symbol.asyncDispose]: async () => undefined }
  }
  let closing = false
  const server = await startEmbedded({
    root: PROJECT_ROOT,
    log: (line) => void (closing || say(line)), // How it ended is ours to say.
  })
  if (!server.started) say(`PostgreSQL runs already, data in ${server.data_dir}`)
  const log_file = join(FOLDER, `register${real ? '-real' : chaos ? '-chaos' : ''}.jsonl`)
  if (chaos) await forget(server.url, log_file)
  const url = real || chaos ? await databaseOf(server.url, real ? 'pawl_real' : CHAOS) : server.url
  return {
    url,
    embedded: true,
    log_file,
    async [Symbol.asyncDispose]() {
      closing = true
      if (keep) await server.keep()
      await server.stop()
      const isRunning = embeddedUrl(PROJECT_ROOT) !== undefined
      say(colorsFor(process.stdout).dim(isRunning ? runningLine(keep) : STOPPED))
    },
  }
}

const STOPPED =
  'PostgreSQL has stopped; `npx pawl db start` starts it again, --keep leaves it running'

function runningLine(keep: boolean): string {
  const why = keep ? '--keep' : 'others use it, or it was kept before'
  return `PostgreSQL goes on running (${why}); \`npx pawl db stop\` stops it`
}

/** Each chaos begins with nothing: what was audited before would not be audited again. */
async function forget(url: string, log_file: string): Promise<void> {
  await using postgres = new Postgres(url)
  await postgres.ask('owner', `drop database if exists ${CHAOS} with (force)`)
  rmSync(log_file, { force: true })
}

async function databaseOf(url: string, name: string): Promise<string> {
  await using postgres = new Postgres(url)
  const found = await postgres.ask('owner', 'select from pg_database where datname = $1', [name])
  if (found.length === 0) await postgres.ask('owner', `create database ${name}`)
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

/** One file for each database, by its place; the password may change. */
function hashOf(url: string): string {
  const { host, pathname } = new URL(url)
  return createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 8)
}

/**
 * A log that speaks of another database's tasks counts nothing: where this one knows no task yet,
 * an old log is laid aside.
 */
export async function openLog(home: Home, postgres: Postgres): Promise<void> {
  if ((statSync(home.log_file, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const tasks = await postgres.ask('pawl_observer', 'select from pawl.tasks limit 1')
  if (tasks.length > 0) return
  renameSync(home.log_file, home.log_file.replace(/\.jsonl$/, `.before-${Date.now()}.jsonl`))
}

/**
 * Two registers on one log would not know of each other's findings.
 * @returns what gives the place free, or says which other process holds it.
 */
export function takePlace(): Disposable & { readonly heldBy?: number } {
  // PostgreSQL's own user goes through this folder, whatever the umask.
  if (mkdirSync(FOLDER, { recursive: true }) !== undefined) chmodSync(FOLDER, 0o755)
  const file = join(FOLDER, 'start.pid')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid > 0 && commandOf(pid)?.some((word) => word.endsWith(MAIN))) {
      return { heldBy: pid, [Symbol.dispose]: () => undefined }
    }
    rmSync(file, { force: true }) // It was killed.
  }
}
