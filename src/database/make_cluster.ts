/**
 * A PostgreSQL cluster before it runs: made by initdb, with a password that lies beside the data,
 * for a port on 127.0.0.1 is open to everybody on the machine.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface OsUser {
  uid: number
  gid: number
}

export interface Cluster {
  bin: string
  data: string
  log: string
  /** Whom to run as; undefined: as we are. */
  user: OsUser | undefined
}

// Lies with the data: one is of no use without the other.
const PASSWORD_FILE = 'pawl.password'
const SAID_CHARS_MAX = 2_000

/** initdb under another name, then a rename: a cluster is either whole or not there. */
export async function makeCluster(cluster: Cluster, flags: string[]): Promise<void> {
  const making = await mkdtemp(join(dirname(cluster.data), `${basename(cluster.data)}.new-`))
  const passwordFile = join(making, 'password')
  try {
    const half = join(making, 'data')
    await mkdir(half, { mode: 0o700 })
    await chmod(making, 0o755)
    await writeFile(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 })
    own(half, cluster.user)
    own(passwordFile, cluster.user)
    const auth = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`]
    const rest = ['--encoding=UTF8', '--no-instructions', ...flags]
    await runTool(cluster, 'initdb', [`--pgdata=${half}`, ...auth, ...rest])
    await rename(passwordFile, join(half, PASSWORD_FILE))
    await rename(half, cluster.data)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

export function urlOf(data: string, port: number, database: string): string {
  const password = readFileSync(join(data, PASSWORD_FILE), 'utf8')
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

async function runTool(cluster: Cluster, name: string, args: string[]): Promise<void> {
  const child = spawn(join(cluster.bin, name), args, {
    ...cluster.user,
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARS_MAX)
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject).on('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(`${name} failed (exit ${code}): ${said.trim()}`)
}

export function own(path: string, user: OsUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid)
}

/** PGDATA, PGPORT, PGOPTIONS and the like must not reach the server; its messages are English. */
export function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
