/**
 * A PostgreSQL server of this machine, driven by its own program: launch it, find it, halt it.
 * It is given a session of its own, so that a Ctrl-C meant for us does not reach it, and a file
 * for its log, so that it can outlive us.  It listens on 127.0.0.1 only and has no socket file,
 * whose path could be too long.
 */
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, cleanEnvironment, own } from './make_cluster.ts'
import { commandOf } from './processes.ts'

export type Settings = Record<string, string | number>

const POLL_MS = 20
// Recovery after a crash counts towards the start, and a full WAL takes minutes to read.
const START_MS_MAX = 300_000
// Sessions of a server that was killed notice it at their next wait, not in the midst of a query.
const ORPHANS_MS_MAX = 60_000
const ORPHANS_POLL_MS = 250
const HALT_MS_MAX = 30_000
const LOG_TAIL_CHARS_MAX = 2_000
const NO_SUCH_PID = 2 ** 31 - 1

/** `port_taken` asks for another port; anything else that goes wrong throws with the log's end. */
export async function launch(
  cluster: Cluster,
  settings: Settings,
): Promise<'ready' | 'port_taken'> {
  const deadline = performance.now() + ORPHANS_MS_MAX
  for (;;) {
    const outcome = await tryLaunch(cluster, settings)
    if (outcome === undefined) return 'ready'
    if (outcome.said.includes('could not create any TCP/IP sockets')) return 'port_taken'
    const isHaunted = outcome.said.includes('pre-existing shared memory block')
    if (!isHaunted || performance.now() > deadline) {
      throw new Error(
        `PostgreSQL did not start (${outcome.ended}); ${cluster.log} ends with:\n${outcome.said}`,
      )
    }
    await sleep(ORPHANS_POLL_MS)
  }
}

/** Why it ended, where it did. */
async function tryLaunch(cluster: Cluster, settings: Settings) {
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
    if (file?.pid === child.pid && file?.ready) return undefined
    if (performance.now() > deadline) ended = `not ready after ${START_MS_MAX} ms`
    await sleep(POLL_MS)
  }
  const said = readFileSync(cluster.log).subarray(logBegin).toString().slice(-LOG_TAIL_CHARS_MAX)
  return { ended, said }
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

function readPidFile(data: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined
  } catch {
    return undefined
  }
}

/** As `running`, once it is neither starting nor stopping. */
export async function settled(data: string): Promise<{ pid: number; port: number } | undefined> {
  const deadline = performance.now() + START_MS_MAX
  while (performance.now() < deadline) {
    const found = running(data)
    if (found === undefined || readPidFile(data)?.ready) return found
    await sleep(POLL_MS)
  }
  throw new Error(`PostgreSQL in ${data} neither starts nor stops`)
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
