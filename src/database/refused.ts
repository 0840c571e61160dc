/**
 * What Postgres threw, in pawl's own words.  Class PW is a refusal; its DETAIL, which may print a
 * whole row, is left behind.  A lost connection is neither a refusal nor a fault: whether the
 * statement took effect is not known.
 */
import { REFUSALS, Refusal, type RefusalCode } from '../refusal.ts'

/** A Refusal where the database refused on purpose; anything else as it came. */
export function asRefusal(error: unknown): unknown {
  const code = codeOf(error)
  if (!(error instanceof Error) || !isRefusalCode(code)) return error
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  return new Refusal(code, error.message, hint)
}

/** What pg says where it gives no code. */
const LOST = /connection terminated|timeout exceeded when|not queryable/i

export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error)
  // 53300: no connection was free, so certainly nothing happened; waiting helps here too.
  if (/^(?:08|57P0[123]|53300)/.test(code)) return true
  if (/^E(?:CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOENT|NOTFOUND|AI_AGAIN)/.test(code)) {
    return true
  }
  return error instanceof Error && LOST.test(error.message)
}

/**
 * It says nothing of what was asked, and may not come again: a transaction undone for another's
 * sake, a lock or a statement that took too long, a full disk.
 */
export function isPassing(error: unknown): boolean {
  return isLostConnection(error) || /^(?:40|53|55P03|57014|58)/.test(codeOf(error))
}

/** Nothing was done: somebody else holds what it takes. */
export function isHeld(error: unknown): boolean {
  return codeOf(error) === '55P03'
}

/** There is no Postgres, says its host or Postgres itself: it is down, or it is starting. */
export function isAway(error: unknown): boolean {
  return /^(?:ECONNREFUSED|ENOENT|57P03)$/.test(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code)
}
