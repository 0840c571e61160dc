/**
 * What came of a call.  Five words, and every one calls for something else: a tool that found
 * nothing did not fail, a call that was refused was never sent, and one whose answer got lost
 * may well have had its effect.  The model is told which, in those words.
 */
import type { Json } from '../json.ts'

export type Outcome =
  | { outcome: 'found'; value: Json }
  | { outcome: 'empty'; note?: string }
  | { outcome: 'failed'; retryable: boolean; error: OutcomeError }
  | { outcome: 'refused'; reason: string; error: { message: string } }
  | { outcome: 'unknown'; error: { message: string } }

export type OutcomeError = { message: string; retry_after_ms?: number }

/** What a tool's own functions return. */
export type Found<T> = { readonly outcome: 'found'; readonly value: T }
export type Nothing = { readonly outcome: 'empty'; readonly note?: string }

/** The tool did what it was asked, and this is the answer. */
export function found<T>(value: T): Found<T> {
  return { outcome: 'found', value }
}

/** The tool did what it was asked, and there is nothing there. */
export function nothing(note?: string): Nothing {
  return note === undefined ? { outcome: 'empty' } : { outcome: 'empty', note }
}

export type FailureOptions = {
  /** May the same request work later?  Say so only if it certainly had no effect. */
  retryable?: boolean
  retry_after_ms?: number
  /** The request left and its fate is not known. */
  unknown?: boolean
  cause?: unknown
}

/**
 * A failure the tool foresaw.  Thrown, it says that nothing happened in the world, unless
 * `unknown` says otherwise; whatever else a tool throws is a fault.
 */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
  readonly retryable: boolean
  readonly retry_after_ms: number | undefined
  readonly unknown: boolean

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryable = options.retryable ?? false
    this.retry_after_ms = options.retry_after_ms
    this.unknown = options.unknown ?? false
  }
}

/** An outcome as a prompt shows it; a longer value is cut there, and says so. */
export const described_chars_max = 8_000

/** How the model is told.  The first word is the outcome's own. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'found':
      return `FOUND. The tool answered: ${shortened(JSON.stringify(outcome.value))}`
    case 'empty':
      return `EMPTY. The tool worked and there is nothing to find.${noted(outcome.note)}`
    case 'failed':
      return outcome.retryable
        ? `FAILED, and may work if tried again. ${shortened(outcome.error.message)}`
        : `FAILED for good: the same request would fail again. ${shortened(outcome.error.message)}`
    case 'refused':
      return `REFUSED (${outcome.reason}): nothing was sent. ${shortened(outcome.error.message)}`
    case 'unknown':
      return (
        'UNKNOWN. The request was sent and no answer can be relied on: it may or may not have ' +
        `taken effect. ${shortened(outcome.error.message)}`
      )
    default:
      return outcome satisfies never
  }
}

function noted(note: string | undefined): string {
  return note === undefined ? '' : ` Note: ${shortened(note)}`
}

function shortened(text: string): string {
  if (text.length <= described_chars_max) return text
  const left_out = text.length - described_chars_max
  // The cut may fall inside a surrogate pair; half of one cannot be stored or sent.
  const kept = text.slice(0, described_chars_max).toWellFormed()
  return `${kept}… (${left_out} characters left out)`
}
