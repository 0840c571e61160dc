/**
 * The outside world of the example, as processes of its own: the compliance register and the
 * stand-in model.  Each says in one line of JSON where it listens.  They have a session of their
 * own, since a Ctrl-C must reach the workers before it reaches what the workers still talk to.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export type Server = AsyncDisposable & {
  readonly url: string
  /** Rejects when it ends before it is told to. */
  readonly lost: Promise<never>
}

const Hello = z.looseObject({ url: z.url() })

const EXAMPLE = join(import.meta.dirname, '..')
const TETHER = join(import.meta.dirname, 'tether.ts')
const STOP_MS_MAX = 3_000
const SAID_CHARS_MAX = 2_000

/** @param script of this example, such as register.ts */
export async function startServer(script: string, args: readonly string[]): Promise<Server> {
  const words = ['--import', TETHER, join(EXAMPLE, script), '--port', '0', ...args]
  const child = spawn(process.execPath, words, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => undefined)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARS_MAX)
  })
  let stopping = false
  const ended = endOf(child)
  const lost = ended.then((how) => {
    if (stopping) return new Promise<never>(() => undefined)
    throw new Error(`${script} ended (${how})${said === '' ? '' : `; it said:\n${said}`}`)
  })
  lost.catch(() => undefined)
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), lost])
  return {
    url: Hello.parse(JSON.parse(String(line))).url,
    lost,
    async [Symbol.asyncDispose]() {
      stopping = true
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await ended
      clearTimeout(late)
    },
  }
}

function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  child.on('error', (error) => resolve(error.message))
  child.on('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  return promise
}
