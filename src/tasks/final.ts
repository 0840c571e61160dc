/**
 * Is another attempt worth it?  A refusal, a cap or an error with a code of its author's is an
 * answer; only what nobody foresaw is tried again.
 */
import dns from 'node:dns'
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { isObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { ToolFailure } from '../tools/outcomes.ts'
import { isOfPostgres } from './errors.ts'

export function isFinal(error: unknown): boolean {
  if (error instanceof Refusal) return true
  if (error instanceof ToolFailure) return !error.retryable
  if (!isObject(error) || typeof error['code'] !== 'string') return false
  return !isOfSystem(error, error['code'])
}

/** The names that the operating system, libuv and the resolver give their errors. */
const SYSTEM_CODES: ReadonlySet<string> = new Set(
  [
    ...Object.keys(constants.errno),
    ...[...getSystemErrorMap().values()].map(([name]) => name),
    ...Object.values(dns).filter((it) => typeof it === 'string'),
  ].filter((name) => name.startsWith('E')),
)

/** Of the system, of Node, of its HTTP client, or a SQLSTATE from a database. */
function isOfSystem(error: object, code: string): boolean {
  if (!(error instanceof Error)) return false
  if (SYSTEM_CODES.has(code) || code.startsWith('UND_ERR_')) return true
  if (isOfPostgres(error)) return /^[0-9A-Z]{5}$/.test(code)
  // Node writes its codes into the first line of the stack, which nobody else does.
  return code.startsWith('ERR_') && error.stack?.includes(`[${code}]: `) === true
}
