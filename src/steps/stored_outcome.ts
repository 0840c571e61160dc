/**
 * An outcome read back from its row: what happened before is told to whoever asks again.
 */
import { isObject, type Json } from '../json.ts'
import type { Outcome } from '../tools/outcomes.ts'

export function storedOutcome(stored: { outcome: string; value: Json; error: Json }): Outcome {
  const error = { message: messageIn(stored.error) }
  switch (stored.outcome) {
    case 'found':
      return { outcome: 'found', value: stored.value }
    case 'empty':
      return error.message === '' ? { outcome: 'empty' } : { outcome: 'empty', note: error.message }
    case 'refused':
      return { outcome: 'refused', reason: error.message, error }
    case 'unknown':
      return { outcome: 'unknown', error }
    default:
      return { outcome: 'failed', retryable: false, error }
  }
}

function messageIn(error: Json): string {
  const message = isObject(error) ? error['message'] : undefined
  return typeof message === 'string' ? message : ''
}
