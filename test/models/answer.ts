import t from 'tap'
import { z } from 'zod'
import { readAnswer } from '../../src/models/answer.ts'
import { anthropic } from '../../src/models/anthropic.ts'
import type { AnsweredReply, ModelReply } from '../../src/models/reply.ts'
import { wireRequest } from '../../src/models/request.ts'
import { message, messagesServer } from '../fixtures/messages_server.ts'

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

t.test('a bad answer is paid for and named by what is wrong with it', async (t) => {
  const bad: [Parameters<typeof message>, string, RegExp][] = [
    [['{"verdict":"con', { stop_reason: 'max_tokens' }], 'truncated', /after 30 output tokens/],
    [['{"verdict":"continue","sure":1}', { stop_reason: 'max_tokens' }], 'truncated', /cut off/],
    [['', { stop_reason: 'model_context_window_exceeded' }], 'truncated', /context window/],
    [
      ['', { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'cyber' } }],
      'refused',
      /\(cyber\)/,
    ],
    [[''], 'no_text', /without any text/],
    [['{}', { stop_reason: 'pause_turn' }], 'stopped', /pause_turn/],
    [['Sure! {"verdict"'], 'not_json', /JSON/],
    [['{"verdict":"stop","sure":1}'], 'does_not_fit', /^verdict: /],
    [['{"verdict":"continue","sure":7}'], 'does_not_fit', /^sure: /],
    [['[]'], 'does_not_fit', /^\(root\): /],
  ]
  for (const [parts, problem, detail] of bad) {
    server.script(message(...parts))
    const reply = answered(await door.send(body, { signal }))
    t.equal(reply.usage.output_tokens, 30, 'its cost is known')
    t.match(readAnswer(reply, Verdict), { ok: false, problem, detail }, problem)
  }
})
