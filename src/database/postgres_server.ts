/**
 * One PostgreSQL cluster on this machine, driven by its own programs: make it, launch it, halt it.
 * The server is given a session of its own, so that a Ctrl-C meant for us does not reach it, and
 * a file for its log, so that it can outlive us.  It listens on 127.0.0.1 only and has no socket
 * file, whose path could be too long.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf } from './processes.ts'

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

export type Settings = Record<string, string | number>

// Lies with the data: one is of no use without the other.
const PASSWORD_FILE = 'pawl.password'
const POLL_MS = 20
// Recovery after a crash counts towards the start, and a full WAL takes minutes to read.
const START_MS_MAX = 300_000
const HALT_MS_MAX = 30_000
const LOG_TAIL_CHARS_MAX = 2_000
const NO_SUCH_PID = 2 ** 31 - 1

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

/** `port_taken` asks for another port; anything else that goes wrong throws with the log's end. */
export async function launch(cluster: Cluster, settings: Settings) {
  disownStalePid(cluster.data)
  const log = openSync(cluster.log, 'a', 0o600)
  own(cluster.log, cluster.user)
  const logBegin = fstatSync(log).size
  const given = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(cluster.bin, 'postgres'), ['-D', cluster.data, ...flags], {
    ...cluster.user,
    cwd: cluster.data,
    env: cleanEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let ended: string | undefined
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended = `exit ${code ?? signal}`))

  const deadline = performance.now() + START_MS_MAX
  while (ended === undefined) {
    const file = readPidFile(cluster.data)
    if (file?.pid === child.pid && file?.ready) return 'ready' as const
    if (performance.now() > deadline) ended = `not ready after ${START_MS_MAX} ms`
    await sleep(POLL_MS)
  }
  const said = readFileSync(cluster.log).subarray(logBegin).toString().slice(-LOG_TAIL_CHARS_MAX)
  if (/could not create any TCP\/IP sockets/.test(said)) return 'port_taken' as const
  throw new Error(`PostgreSQL did not start (${ended}); ${cluster.log} ends with:\n${said}`)
}

/** `fast` ends every session and writes a checkpoint; `immediate` leaves it to recovery. */
export async function halt(data: string, mode: 'fast' | 'immediate' = 'fast'): Promise<boolean> {
  const found = running(data)
  if (found === undefined) return false
  process.kill(found.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  const deadline = performance.now() + HALT_MS_MAX
  while (running(data)?.pid === found.pid) {
    if (performance.now() > deadline) {
      if (mode === 'immediate') throw new Error(`PostgreSQL (pid ${found.pid}) does not end`)
      return halt(data, 'immediate')
    }
    await sleep(POLL_MS)
  }
  return true
}

/** The server that serves this very folder now, if one does. */
export function running(data: string): { pid: number; port: number } | undefined {
  const file = readPidFile(data)
  if (file === undefined || !commandOf(file.pid)?.includes(data)) return undefined
  return file
}

export function urlOf(data: string, port: number, database: string): string {
  const password = readFileSync(join(data, PASSWORD_FILE), 'utf8')
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

function readPidFile(data: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined
  } catch {
    return undefined
  }
}

/**
 * PostgreSQL refuses to start while the pid in a left-over postmaster.pid is alive, even if it is
 * a zombie's or a stranger's by now.  Removing the file would also remove the check for orphaned
 * backends that still write to the data (its shared memory key), so only the pid is replaced.
 */
function disownStalePid(data: string): void {
  const path = join(data, 'postmaster.pid')
  const file = readPidFile(data)
  if (file === undefined || running(data) !== undefined) return
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(NO_SUCH_PID)))
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
    said = (said + text).slice(-LOG_TAIL_CHARS_MAX)
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
function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
