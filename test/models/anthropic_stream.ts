import t from 'tap'
import { z } from 'zod'
import { readAnswer } from '../../src/models/answer.ts'
import { anthropic } from '../../src/models/anthropic.ts'
import type { AnsweredReply, ModelReply } from '../../src/models/reply.ts'
import { wireRequest } from '../../src/models/request.ts'
import { apiError, messagesServer } from '../fixtures/messages_server.ts'

const Verdict = z.object({ verdict: z.enum(['continue', 'replan']), sure: z.number().max(1) })
const tiers = { cheap: { model: 'claude-haiku-5-5' } }
const request = {
  tier: 'cheap',
  purpose: 'judge',
  system: 'You judge.',
  prompt: 'Well?',
  schema: Verdict,
  max_tokens: 30_000,
}
const long_body = wireRequest(request, tiers.cheap)
const signal = new AbortController().signal

const server = await messagesServer()
t.teardown(() => server.close())
const door = anthropic({ tiers, apiKey: 'test-key', baseURL: server.url, name: 'scripted' })

function answered(reply: ModelReply): AnsweredReply {
  if (reply.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(reply)}`)
  return reply
}

t.test('a long answer is streamed and comes back as one message', async (t) => {
  const start = {
    type: 'message_start',
    message: {
      id: 'msg_2',
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-5-5',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 50, output_tokens: 1 },
    },
  }
  const text = [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: '{"verdict":"replan",' },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '"sure":1}' } },
    { type: 'content_block_stop', index: 0 },
  ]
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 44 } },
    { type: 'message_stop' },
  ]
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }
  server.script(
    { kind: 'stream', events: [start, ...text, ...end] },
    { kind: 'stream', events: [start, ...text], cut: true },
    { kind: 'stream', events: [start, ...text] },
    { kind: 'stream', events: [start, overloaded] },
    { kind: 'stream', events: [overloaded] },
    apiError(529, 'overloaded_error'),
  )
  const reply = answered(await door.send(long_body, { signal }))
  t.match(reply, { request_id: /^req_/, stop_reason: 'end_turn', usage: { output_tokens: 44 } })
  t.strictSame(readAnswer(reply, Verdict), { ok: true, value: { verdict: 'replan', sure: 1 } })
  t.notOk('parsed_output' in reply.message)
  t.equal(server.requests.at(-1)?.body['stream'], true)

  const broken = { kind: 'unknown', message: /^the stream broke off/ }
  t.match(await door.send(long_body, { signal }), broken, 'cut')
  t.match(await door.send(long_body, { signal }), broken, 'ended early')
  t.match(await door.send(long_body, { signal }), broken, 'an error after it had begun')
  const refused = { kind: 'failed', status: 529, retryable: true, waits: true }
  t.match(await door.send(long_body, { signal }), refused, 'an error before it had begun')
  t.match(await door.send(long_body, { signal }), refused, 'an ordinary error')
})
