/**
 * What can be known of a process by its pid.  A pid alone proves nothing: it may be a zombie that
 * nobody reaps, or be used again by a stranger; both happen every day in containers.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The arguments it was started with; undefined when it is gone or only a zombie is left. */
export function commandOf(pid: number): string[] | undefined {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return args === '' ? undefined : args.split('\0')
  } catch (error) {
    if (process.platform === 'linux') return undefined
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return undefined
  }
  const listed = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  const line = (listed.stdout ?? '').trim()
  return line === '' || line.includes('<defunct>') ? undefined : line.split(' ')
}

/** Also true of a process we may not signal. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return process.platform !== 'linux' || commandOf(pid) !== undefined
}
