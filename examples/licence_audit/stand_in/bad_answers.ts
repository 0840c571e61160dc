/**
 * A model is not always well.  Which answers go wrong, and how, is drawn from the seed, the bytes
 * of the request and how often those bytes were seen: the same run goes wrong in the same places,
 * and a request sent again may go well.
 */
import { createHash } from 'node:crypto'
import type { Kind } from './question.ts'

export const BAD_KINDS = ['overloaded', 'truncated', 'wrong_schema', 'unknown_tool'] as const
export type BadKind = (typeof BAD_KINDS)[number]

/** Requests remembered, as one small number each; after that the oldest are forgotten. */
const SEEN_MAX = 100_000

export class Chance {
  readonly #seed: number
  readonly #bad: number
  readonly #seen = new Map<string, number>()

  /** `bad` is the share of answers that go wrong, 0 to 1. */
  constructor(seed: number, bad: number) {
    this.#seed = seed
    this.#bad = bad
  }

  /** Nothing where the answer is to be a good one. */
  draw(bytes: Buffer, kind: Kind): BadKind | undefined {
    const request = createHash('sha256').update(bytes).digest('base64')
    const times = this.#count(request)
    const digest = createHash('sha256').update(`${this.#seed}:${request}:${times}`).digest()
    if (digest.readUInt32BE(0) / 2 ** 32 >= this.#bad) return undefined
    // Only a plan names tools.
    const kinds = kind === 'plan' ? BAD_KINDS.length : BAD_KINDS.length - 1
    return BAD_KINDS[digest.readUInt32BE(4) % kinds]
  }

  #count(request: string): number {
    const times = (this.#seen.get(request) ?? 0) + 1
    this.#seen.delete(request)
    this.#seen.set(request, times)
    const [oldest] = this.#seen.size > SEEN_MAX ? this.#seen.keys() : []
    if (oldest !== undefined) this.#seen.delete(oldest)
    return times
  }
}
