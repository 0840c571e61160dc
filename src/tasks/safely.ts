/**
 * A machine whose own code throws, or asks for what cannot be kept, has met a fault: the task stops
 * where it stands, and says so.
 */
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import type { Cause, Next } from './next.ts'

export function safely(cause: Cause, decide: () => Next): Next {
  try {
    return decide()
  } catch (error) {
    return { kind: 'stop', error: faultOf(error), cause }
  }
}

/** Where a move would have led, what it was given, and what it would have left behind. */
const KEPT: readonly string[] = ['PW003', 'PW101', 'PW209', 'PW210', 'PW603']

function faultOf(error: unknown): Json {
  if (error instanceof Refusal && KEPT.includes(error.code)) return told(error)
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'machine_fault', message }
}

export function told({ code, message, hint }: Refusal): Json {
  return { code, message, ...(hint !== undefined && { hint }) }
}
