/**
 * One process at a time, by a file that holds a pid.  Node has no flock, so a lock can outlive
 * its holder: it is taken over when that pid is gone, or when nobody has touched the file for a
 * while (the pid may belong to somebody else by now).  Two that take over at once can both get
 * in; whoever uses this must stay right then, only less tidy.  PostgreSQL's own postmaster.pid is
 * the real interlock behind it.
 */
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './processes.ts'

const BEAT_MS = 1_000
const SILENCE_MS_MAX = 15_000
const POLL_MS = 50

export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(path))) {
    if (await isStale(path)) await discard(path)
    else await sleep(POLL_MS)
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, BEAT_MS)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    if (Date.now() - mtimeMs > SILENCE_MS_MAX) return true
    return text !== '' && !isAlive(Number(text))
  } catch {
    return false // It has just been released.
  }
}

/** A rename, because of two that try only one succeeds; an unlink could hit the winner's file. */
async function discard(path: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  await rm(aside, { force: true })
}
