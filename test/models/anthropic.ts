import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { z } from 'zod'
import { readAnswer } from '../../src/models/answer.ts'
import { anthropic } from '../../src/models/anthropic.ts'
import type { AnsweredReply, ModelReply } from '../../src/models/reply.ts'
import { wireRequest } from '../../src/models/request.ts'
import { apiError, message, messagesServer } from '../fixtures/messages_server.ts'

const Verdict = z.object({ verdict: z.enum(['continue', 'replan']), sure: z.number().max(1) })
const tiers = { cheap: { model: 'claude-haiku-5-5' } }
const request = {
  tier: 'cheap',
  purpose: 'judge',
  system: 'You judge.',
  prompt: 'Well?',
  schema: Verdict,
  max_tokens: 500,
}
const body = wireRequest(request, tiers.cheap)
const signal = new AbortController().signal

const server = await messagesServer()
t.teardown(() => server.close())
const door = anthropic({ tiers, apiKey: 'test-key', baseURL: server.url, name: 'scripted' })

function answered(reply: ModelReply): AnsweredReply {
  if (reply.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(reply)}`)
  return reply
}

t.test('an answer comes back whole, with its usage and its request id', async (t) => {
  server.script(
    message('{"verdict":"continue","sure":0.9}', {
      usage: {
        input_tokens: 3,
        output_tokens: 550,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 12_304,
        cache_creation: { ephemeral_5m_input_tokens: 12_000, ephemeral_1h_input_tokens: 304 },
        output_tokens_details: { thinking_tokens: 400 },
        service_tier: 'standard',
      },
    }),
  )
  const reply = answered(await door.send(body, { signal }))
  t.strictSame(reply.usage, {
    input_tokens: 3,
    output_tokens: 550,
    cache_read_input_tokens: 7,
    cache_write_5m_input_tokens: 12_000,
    cache_write_1h_input_tokens: 304,
    thinking_tokens: 400,
  })
  t.match(reply, { stop_reason: 'end_turn', request_id: /^req_/, model: 'claude-haiku-5-5' })
  t.match(reply.message, { id: 'msg_1', usage: { service_tier: 'standard' } })
  t.strictSame(readAnswer(reply, Verdict), { ok: true, value: { verdict: 'continue', sure: 0.9 } })
})

t.test('what arrives is exactly the body that was stored', async (t) => {
  server.script(message('{}'))
  await door.send(body, { signal })
  const received = server.requests.at(-1)
  t.equal(JSON.stringify(received?.body), JSON.stringify(body))
  t.match(received?.headers, {
    authorization: 'Bearer test-key',
    'anthropic-version': '2026-10-21',
  })
})

t.test('cache writes without a lifetime count as the default five minutes', async (t) => {
  server.script(
    message('{}', {
      usage: { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 9 },
    }),
  )
  t.match(await door.send(body, { signal }), {
    usage: { cache_write_5m_input_tokens: 9, cache_write_1h_input_tokens: 0 },
  })
})

t.test('an error is sent once and says what may follow', async (t) => {
  const before = server.requests.length
  server.script(
    apiError(529, 'overloaded_error'),
    apiError(429, 'rate_limit_error', { 'retry-after': '12' }),
    apiError(429, 'rate_limit_error', {}, 'enforced_spend_limit_reached'),
    apiError(401, 'authentication_error'),
    apiError(400, 'invalid_request_error'),
    apiError(500, 'api_error', { 'x-should-retry': 'false' }),
  )
  const replies: ModelReply[] = []
  for (let n = 0; n < 6; n++) replies.push(await door.send(body, { signal }))
  t.match(replies, [
    { status: 529, retryable: true, waits: true, error_type: 'overloaded_error' },
    { status: 429, retryable: true, waits: true, retry_after_ms: 12_000 },
    { retryable: false, fatal_account: true, error_code: 'enforced_spend_limit_reached' },
    { status: 401, retryable: false, fatal_account: true, message: /authentication/ },
    { status: 400, retryable: false, fatal_account: false, request_id: /^req_/ },
    { status: 500, retryable: false },
  ])
  t.equal(server.requests.length - before, 6, 'the SDK retried none of them')
})

t.test('silence, a cut and a reply nobody can read are unknown', async (t) => {
  const impatient = { signal, timeout_ms: 120 }
  server.script(
    { kind: 'hang' },
    { kind: 'stall' },
    { kind: 'cut' },
    { kind: 'cut_body' },
    { kind: 'raw', status: 200, type: 'text/html', body: '<html>proxy</html>' },
    { kind: 'raw', status: 200, type: 'application/json', body: '{"id": tru' },
    { kind: 'raw', status: 200, type: 'application/json', body: '{"type": "message"}' },
  )
  t.match(await door.send(body, impatient), { kind: 'unknown', message: /within 120 ms/ }, 'hang')
  t.match(await door.send(body, impatient), { kind: 'unknown', message: /within 120 ms/ }, 'stall')
  for (const why of ['cut', 'cut body', 'html', 'broken json', 'no usage']) {
    t.match(await door.send(body, { signal }), { kind: 'unknown', message: /./ }, why)
  }
})

t.test(
  'a call cancelled on its way is unknown, and one cancelled before was never sent',
  async (t) => {
    const before = server.requests.length
    const cancel = new AbortController()
    server.script({ kind: 'hang' })
    const arrival = server.arrival()
    const sent = door.send(body, { signal: cancel.signal })
    await arrival
    cancel.abort()
    t.match(await sent, { kind: 'unknown', message: /cancelled/ })
    const never = await door.send(body, { signal: cancel.signal })
    t.match(never, { kind: 'failed', status: null, retryable: true })
    t.equal(server.requests.length, before + 1)
  },
)

t.test('a connection that was never opened carried nothing', async (t) => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const address = free.address()
  free.close()
  const port = typeof address === 'object' ? address?.port : undefined
  const nobody = anthropic({ tiers, apiKey: 'test-key', baseURL: `http://127.0.0.1:${port}` })
  t.match(await nobody.send(body, { signal }), {
    kind: 'failed',
    status: null,
    retryable: true,
    fatal_account: false,
    message: /ECONNREFUSED/,
  })
})

t.test('an address that cannot be reached in time is no lost answer', async (t) => {
  const slow = Object.assign(new Error('Connect Timeout Error'), {
    code: 'UND_ERR_CONNECT_TIMEOUT',
  })
  const real = globalThis.fetch
  globalThis.fetch = async () => {
    throw new TypeError('fetch failed', { cause: slow })
  }
  t.teardown(() => {
    globalThis.fetch = real
  })
  const far = anthropic({ tiers, apiKey: 'test-key', baseURL: server.url })
  t.match(await far.send(body, { signal }), { kind: 'failed', status: null, retryable: true })
})

t.test('a missing key is a refusal when a call is made, and not before', async (t) => {
  const key = process.env['ANTHROPIC_API_KEY']
  delete process.env['ANTHROPIC_API_KEY']
  t.teardown(() => {
    if (key !== undefined) process.env['ANTHROPIC_API_KEY'] = key
  })
  const keyless = anthropic({ tiers, baseURL: server.url })
  await t.rejects(keyless.send(body, { signal }), { code: 'PW605', hint: /ANTHROPIC_API_KEY/ })
  const odd = anthropic({ tiers, apiKey: 'a\nb', baseURL: server.url })
  await t.rejects(odd.send(body, { signal }), { code: 'PW605' })
})
