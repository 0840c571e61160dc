/**
 * A process with a crash point: a worker, or a client, deployer or mover that acts once.  It says when it
 * stands there, and goes on when it is told to.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { CrashPoint } from '../../../src/crashpoint.ts'
import { buryProcess } from '../../../src/database/bury.ts'
import { until } from '../../fixtures/until.ts'

export const APP = join(import.meta.dirname, 'app.ts')
const SCRIPTS = {
  worker: join(import.meta.dirname, '..', '..', 'fixtures', 'worker_child.ts'),
  client: join(import.meta.dirname, 'act_once.ts'),
  deployer: join(import.meta.dirname, 'act_once.ts'),
  mover: join(import.meta.dirname, 'act_once.ts'),
}
/** Short, so that nobody waits long for the dead; no shorter than a busy machine can beat. */
export const FIGURES = { lease_ms: 2500 }
const SAID_CHARS_MAX = 20_000
const STOP_MS_MAX = 20_000

export type Role = keyof typeof SCRIPTS

export type ChildOptions = {
  url: string
  concurrency?: number
  /** Where it is to stand. */
  point?: CrashPoint | undefined
  /** Tells every point it passes, and stands nowhere. */
  all?: boolean
  nth?: number | undefined
  args?: readonly string[]
}

export class Child {
  /** Points it has come to. */
  readonly stood: string[] = []
  /** Ids of tasks it was told are there. */
  readonly acknowledged: string[] = []
  worker_id: string | undefined
  #said = ''
  readonly #child: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>

  constructor(role: Role, options: ChildOptions) {
    const { url, point, nth = 1, all = false, concurrency = 10, args = [APP] } = options
    this.#child = fork(SCRIPTS[role], [...args], {
      env: {
        ...process.env,
        DATABASE_URL: url,
        CONCURRENCY: String(concurrency),
        FIGURES: JSON.stringify(FIGURES),
        ...(point && { PAWL_CRASHPOINT: `${point}:${nth}:wait` }),
        ...(all && { PAWL_CRASHPOINT: '*' }),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.on('message', (message: Record<string, unknown>) => this.#hear(message))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-SAID_CHARS_MAX)
    })
    this.ended = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }))
  }

  #hear({ crashpoint, worker_id, acknowledged }: Record<string, unknown>): void {
    if (crashpoint !== undefined) this.stood.push(String(crashpoint))
    if (worker_id !== undefined) this.worker_id = String(worker_id)
    if (acknowledged !== undefined) this.acknowledged.push(String(acknowledged))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get said(): string {
    return this.#said
  }

  get gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  goOn(point: CrashPoint): void {
    if (this.#child.connected) this.#child.send({ go_on: point }, () => undefined)
  }

  /** kill -9; true where it was alive until then. */
  async kill(): Promise<boolean> {
    this.#child.kill('SIGKILL')
    return (await this.ended).signal === 'SIGKILL'
  }

  /** As a parent does that saw it die. */
  async bury(url: string): Promise<void> {
    await buryProcess(url, hostname(), this.pid)
  }

  /** What is wrong with how it ended, if anything. */
  async stop(): Promise<string | undefined> {
    this.#child.kill('SIGCONT')
    this.#child.kill('SIGTERM')
    try {
      await until('the process ends', () => this.gone, STOP_MS_MAX)
    } catch {
      await this.kill()
      return `it did not stop; it said ${this.#said}`
    }
    const { code, signal } = await this.ended
    // Who has not begun yet knows no better.
    const early = signal === 'SIGTERM' && this.worker_id === undefined
    return code === 0 || early
      ? undefined
      : `it ended with ${signal ?? code}; it said ${this.#said}`
  }
}
