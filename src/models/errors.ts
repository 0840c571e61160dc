/**
 * What an error of the Messages API means for whoever would try again.  The status alone does
 * not say: a 429 may be a full minute or an empty purse.  The table is read from the top and
 * the first row that fits decides; a `code` is `error.details.error_code`, which the API keeps
 * stable.  Messages are looked at in one place, where the API gives no code.
 *
 * Sources: the error classes of @anthropic-ai/sdk 1.12 and platform.claude.com/docs/en/api/errors.
 */
export type Verdict = { retryable: boolean; waits: boolean; fatal_account: boolean }

export type ApiFailure = {
  status: number
  error_type: string | null
  error_code: string | null
  message: string
  retry_after_ms?: number
  /** The header x-should-retry, where the server sent one. */
  should_retry?: boolean
}

type Row = {
  status?: readonly [from: number, to: number]
  codes?: readonly string[]
  type?: string
  message?: RegExp
  /** Only with, or only without, a retry-after. */
  retry_after?: boolean
  verdict: Verdict
}

const AGAIN: Verdict = { retryable: true, waits: false, fatal_account: false }
const WAIT: Verdict = { retryable: true, waits: true, fatal_account: false }
const FINAL: Verdict = { retryable: false, waits: false, fatal_account: false }
const ACCOUNT: Verdict = { retryable: false, waits: false, fatal_account: true }

const ACCOUNT_CODES = [
  'contract_spend_limit_reached',
  'enforced_spend_limit_reached',
  'linked_organization_spend_limit_reached',
  'linked_organization_billing_unavailable',
  'organization_on_hold',
  'organization_type_not_supported',
  'claude_code_key_creator_not_member',
  'cmek_key_disabled',
  'cmek_key_network_blocked',
]

const ERROR_TABLE: readonly Row[] = [
  { codes: ACCOUNT_CODES, verdict: ACCOUNT },
  // Caps how fast usage may grow: it passes by itself, if the server says when.
  { codes: ['ramp_limit_exceeded'], retry_after: true, verdict: WAIT },
  { codes: ['ramp_limit_exceeded'], verdict: ACCOUNT },
  { type: 'billing_error', verdict: ACCOUNT },
  // A spend limit of one's own and an empty balance are plain 400s without a code.
  { status: [400, 400], message: /specified (workspace )?API usage limits/i, verdict: ACCOUNT },
  { status: [400, 400], message: /credit balance is too low/i, verdict: ACCOUNT },
  { status: [401, 403], verdict: ACCOUNT },
  // No such model, or no such API at this address: the next call fares no better.
  { status: [404, 404], verdict: ACCOUNT },
  { status: [408, 409], verdict: AGAIN },
  { status: [429, 429], verdict: WAIT },
  { status: [501, 501], verdict: FINAL },
  { status: [529, 529], verdict: WAIT },
  { status: [500, 599], verdict: AGAIN },
]

/** The verdict on one error; what no row knows (400, 413, 422, …) is final. */
export function classifyError(failure: ApiFailure): Verdict {
  const verdict = ERROR_TABLE.find((row) => fits(row, failure))?.verdict ?? FINAL
  if (verdict.fatal_account || failure.should_retry === undefined) return verdict
  return failure.should_retry ? { ...verdict, retryable: true } : FINAL
}

function fits(row: Row, failure: ApiFailure): boolean {
  const [from, to] = row.status ?? [0, Number.POSITIVE_INFINITY]
  if (failure.status < from || failure.status > to) return false
  if (row.codes && !row.codes.includes(failure.error_code ?? '')) return false
  if (row.type && row.type !== failure.error_type) return false
  if (row.message && !row.message.test(failure.message)) return false
  return row.retry_after === undefined || row.retry_after === (failure.retry_after_ms !== undefined)
}

/** An error inside a stream has a type and no status of its own. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

export function statusOfType(error_type: string | null): number {
  return STATUS_OF_TYPE[error_type ?? ''] ?? 500
}

const retry_after_ms_max = 3_600_000

/**
 * `retry-after-ms`, or `retry-after` in seconds or as a date.  A date is measured against the
 * server's own `date`, never against this machine's clock.
 */
export function retryAfterMs(headers: Headers | undefined): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return bounded(ms)
  const after = headers?.get('retry-after') ?? ''
  if (/^\s*\d+(\.\d+)?\s*$/.test(after)) return bounded(Number.parseFloat(after) * 1_000)
  const until = Date.parse(after) - Date.parse(headers?.get('date') ?? '')
  return until >= 0 ? bounded(until) : undefined
}

function bounded(ms: number): number {
  return Math.ceil(Math.min(ms, retry_after_ms_max))
}
