/**
 * The engine never marks its own homework: what reached the world is counted from the log of
 * the system it reached.
 */
import { type RegisterLine, readRegisterLog } from './register_log.ts'

export type RegisterCount = {
  /** How many findings were applied, by package (name@version). */
  readonly applied: ReadonlyMap<string, number>
  readonly replayed: number
  readonly refused: number
  /** Requests it put off, and replies of its own that were lost. */
  readonly unavailable: number
  readonly lost_replies: number
  /** Packages with more than one applied finding, and keys that came with two bodies. */
  readonly doubled: readonly string[]
}

export function countRegister(log_file: string): RegisterCount {
  return countLines(readRegisterLog(log_file))
}

function countLines(lines: readonly RegisterLine[]): RegisterCount {
  const applied = new Map<string, number>()
  const bodies = new Map<string, Set<string>>()
  for (const { key, body_hash, package: about, result } of lines) {
    if (result === 'applied' && about !== null) applied.set(about, (applied.get(about) ?? 0) + 1)
    if (key === null || body_hash === null) continue
    bodies.set(key, (bodies.get(key) ?? new Set()).add(body_hash))
  }
  const twice = [...applied].filter(([, times]) => times > 1).map(([about]) => about)
  const twoBodies = [...bodies].filter(([, hashes]) => hashes.size > 1).map(([key]) => key)
  return {
    applied,
    replayed: lines.filter(({ result }) => result === 'replayed').length,
    refused: lines.filter(({ result }) => result === 'refused').length,
    unavailable: lines.filter(({ result }) => result === 'unavailable').length,
    lost_replies: lines.filter(({ reply }) => reply === 'lost').length,
    doubled: [...twice, ...twoBodies],
  }
}

/** Succeeded, says the engine; the register has never heard of them. */
export function lostFindings(succeeded: Iterable<string>, count: RegisterCount): string[] {
  return [...succeeded].filter((about) => !count.applied.has(about))
}
