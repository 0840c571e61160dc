/**
 * What the register knows: which keys were applied, with which body and which answer.  One
 * request is decided and written without an await in between, so two with one key cannot both
 * be the first.
 */
import { z } from 'zod'
import type { RegisterLine, RegisterLog } from './register_log.ts'

export type Answer = {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly replayed?: boolean
}

export type Received = Pick<RegisterLine, 'at' | 'key' | 'body_hash' | 'reply'>

type Applied = { readonly body_hash: string | null; readonly answer: Answer }

export const Finding = z.looseObject({
  /** name@version, so that two versions of one package are two findings. */
  package: z.string().min(1),
  licence: z.string().min(1),
  verdict: z.enum(['allowed', 'forbidden', 'unclear']),
})

export class Ledger {
  readonly #applied = new Map<string, Applied>()
  readonly #log: RegisterLog
  readonly #dedupe: boolean
  #findings = 0

  constructor(log: RegisterLog, lines: readonly RegisterLine[], dedupe: boolean) {
    this.#log = log
    this.#dedupe = dedupe
    for (const line of lines) if (line.result === 'applied') this.#remember(line)
  }

  take(received: Received, text: string): Answer {
    if (received.key === null) return this.refuse(received, 400, 'Idempotency-Key is missing')
    const finding = Finding.safeParse(parsed(text)).data
    if (!finding) return this.refuse(received, 400, 'the body is not a finding')
    const before = this.#dedupe ? this.#applied.get(received.key) : undefined
    if (!before) return this.#apply({ ...received, key: received.key }, finding)
    if (before.body_hash !== received.body_hash) {
      return this.refuse(received, 422, 'this key came with another body before', finding.package)
    }
    this.#log.append({ ...received, package: finding.package, result: 'replayed' })
    return { ...before.answer, replayed: true }
  }

  refuse(received: Received, status: number, reason: string, about: string | null = null): Answer {
    this.#log.append({ ...received, package: about, result: 'refused', reason })
    return { status, body: { error: reason } }
  }

  /** Nothing is done, and whoever asked is told to come back. */
  putOff(received: Received): Answer {
    this.#log.append({ ...received, package: null, result: 'unavailable' })
    return { status: 503, body: { error: 'the register is not available just now' } }
  }

  find(key: string): Answer {
    const applied = this.#applied.get(key)
    return {
      status: 200,
      body: applied ? { applied: true, finding: applied.answer.body } : { applied: false },
    }
  }

  #apply(received: Received & { key: string }, finding: z.infer<typeof Finding>): Answer {
    const finding_no = this.#findings + 1
    const line = {
      ...received,
      package: finding.package,
      result: 'applied' as const,
      finding_no,
      finding,
    }
    this.#log.append(line)
    return this.#remember(line)
  }

  /** The first answer is made from its line alone, so it is the same after a restart. */
  #remember({ at, key, body_hash, package: about, finding_no }: RegisterLine): Answer {
    this.#findings = Math.max(this.#findings, finding_no ?? 0)
    const answer = { status: 200, body: { finding_no, package: about, applied_at: at } }
    if (key !== null && !this.#applied.has(key)) this.#applied.set(key, { body_hash, answer })
    return answer
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
