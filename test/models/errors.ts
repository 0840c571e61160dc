import t from 'tap'
import { type ApiFailure, classifyError, retryAfterMs } from '../../src/models/errors.ts'

const AGAIN = { retryable: true, waits: false, fatal_account: false }
const WAIT = { retryable: true, waits: true, fatal_account: false }
const FINAL = { retryable: false, waits: false, fatal_account: false }
const ACCOUNT = { retryable: false, waits: false, fatal_account: true }

function failure(status: number, more: Partial<ApiFailure> = {}): ApiFailure {
  return { status, error_type: null, error_code: null, message: 'no', ...more }
}

t.test('what may be tried again is told by status', async (t) => {
  for (const status of [408, 409, 500, 502, 503, 504, 520]) {
    t.strictSame(classifyError(failure(status)), AGAIN, `${status} may be tried again`)
  }
  for (const status of [429, 529]) t.strictSame(classifyError(failure(status)), WAIT, `${status}`)
  for (const status of [400, 405, 412, 413, 422, 431, 499, 501]) {
    t.strictSame(classifyError(failure(status)), FINAL, `${status} is final`)
  }
  for (const status of [401, 402, 403, 404]) {
    t.strictSame(classifyError(failure(status)), ACCOUNT, `${status} needs a person`)
  }
})

t.test('a spent purse is not taken for a busy minute', async (t) => {
  const codes: [number, string][] = [
    [429, 'enforced_spend_limit_reached'],
    [429, 'contract_spend_limit_reached'],
    [402, 'linked_organization_spend_limit_reached'],
    [400, 'organization_on_hold'],
  ]
  for (const [status, error_code] of codes) {
    const after = { error_code, retry_after_ms: 1_000, should_retry: true }
    t.strictSame(classifyError(failure(status, after)), ACCOUNT, error_code)
  }
  t.strictSame(classifyError(failure(400, { error_type: 'billing_error' })), ACCOUNT)
})

t.test('money errors without a code are known by what they say', async (t) => {
  for (const message of [
    'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    'You have reached your specified workspace API usage limits.',
    'Your credit balance is too low to access the Anthropic API.',
  ]) {
    t.strictSame(classifyError(failure(400, { message })), ACCOUNT)
  }
})

t.test('a ramp limit passes by itself only where the server says when', async (t) => {
  const error_code = 'ramp_limit_exceeded'
  t.strictSame(classifyError(failure(429, { error_code, retry_after_ms: 5_000 })), WAIT)
  t.strictSame(classifyError(failure(429, { error_code })), ACCOUNT)
})

t.test('an unknown code is read as if it were not there', async (t) => {
  t.strictSame(classifyError(failure(429, { error_code: 'something_new' })), WAIT)
  t.strictSame(classifyError(failure(400, { error_code: 'something_new' })), FINAL)
})

t.test('the server has the last word on trying again, except about money', async (t) => {
  t.strictSame(classifyError(failure(529, { should_retry: false })), FINAL)
  t.strictSame(classifyError(failure(400, { should_retry: true })), AGAIN)
  t.strictSame(classifyError(failure(401, { should_retry: true })), ACCOUNT)
})

t.test("retry-after is read as milliseconds, seconds or the server's own time", async (t) => {
  const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers))
  t.equal(read({ 'retry-after': '7' }), 7_000)
  t.equal(read({ 'retry-after': '0.2' }), 200)
  t.equal(read({ 'retry-after-ms': '1500', 'retry-after': '7' }), 1_500)
  const date = 'Mon, 02 Nov 2026 10:00:00 GMT'
  const after = 'Mon, 02 Nov 2026 10:00:30 GMT'
  t.equal(read({ 'retry-after': after, date }), 30_000)
  t.equal(read({ 'retry-after': after }), undefined, 'a date alone says nothing')
  t.equal(read({ 'retry-after': 'soon' }), undefined)
  t.equal(read({ 'retry-after': '999999999' }), 3_600_000, 'and nobody waits for ever')
  t.equal(retryAfterMs(undefined), undefined)
})
