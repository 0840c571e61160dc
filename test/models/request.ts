import t from 'tap'
import { z } from 'zod'
import type { JsonObject } from '../../src/json.ts'
import {
  input_tokens_overhead,
  inputTokensMax,
  type ModelRequest,
  sendable,
  wireRequest,
} from '../../src/models/request.ts'

const Verdict = z.object({
  reason: z.string().max(400),
  verdict: z.enum(['continue', 'replan']),
  confidence: z.number().min(0).max(1),
  id: z.string(),
})

const request: ModelRequest = {
  tier: 'cheap',
  purpose: 'judge',
  system: 'You judge.',
  prompt: 'Was the licence found?',
  schema: Verdict,
  max_tokens: 800,
}
const tier = { model: 'claude-haiku-5-5', max_tokens: 4_000, effort: 'low' } as const

/** What jsonb does to an object: keys by length, then by bytes. */
function throughJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(throughJsonb)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, throughJsonb(item)]))
}

t.test('a request becomes the exact body of the Messages API', async (t) => {
  t.strictSame(wireRequest(request, tier), {
    model: 'claude-haiku-5-5',
    max_tokens: 800,
    system: 'You judge.',
    messages: [{ role: 'user', content: 'Was the licence found?' }],
    output_config: {
      effort: 'low',
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            reason: { type: 'string', description: '{maxLength: 400}' },
            verdict: { enum: ['continue', 'replan'] },
            confidence: { type: 'number', description: '{minimum: 0, maximum: 1}' },
            id: { type: 'string' },
          },
          additionalProperties: false,
          required: ['reason', 'verdict', 'confidence', 'id'],
        },
      },
    },
  })
})

t.test('the same request makes the same bytes every time', async (t) => {
  const first = JSON.stringify(wireRequest(request, tier))
  t.equal(JSON.stringify(wireRequest({ ...request }, tier)), first)
  const body = wireRequest(request, tier)
  body['output_config'] = null
  t.equal(JSON.stringify(wireRequest(request, tier)), first, 'and a changed body changes no other')
})

t.test('a tier bounds what its requests may ask for and fills in their effort', async (t) => {
  t.equal(wireRequest({ ...request, max_tokens: 9_000 }, tier)['max_tokens'], 4_000)
  const hard = wireRequest({ ...request, effort: 'high' }, tier)
  t.match(hard, { output_config: { effort: 'high' } })
  const plain = wireRequest(request, { model: 'claude-opus-5-5' })
  t.notOk('effort' in (plain['output_config'] as JsonObject))
})

t.test('the properties of an answer keep their order through jsonb', async (t) => {
  const body = wireRequest(request, tier)
  const stored = throughJsonb(body) as JsonObject
  t.not(JSON.stringify(stored), JSON.stringify(body), 'jsonb has sorted them')
  const sent = JSON.stringify(sendable(stored))
  t.match(sent, /"reason":.*"verdict":.*"confidence":.*"id":/)
  t.ok(sent.startsWith('{"model":'))
  t.strictSame(sendable(stored), body, 'and nothing else has changed')
})

t.test('a map in an answer is refused, since the API would make it an empty object', async (t) => {
  const schema = z.object({ args: z.object({ named: z.record(z.string(), z.string()) }) })
  t.throws(() => wireRequest({ ...request, schema }, tier), {
    name: 'TypeError',
    message: 'an answer cannot hold a map (args.named): use an array of { key, value }',
  })
  const list = z.object({ args: z.array(z.object({ key: z.string(), value: z.string() })) })
  t.doesNotThrow(() => wireRequest({ ...request, schema: list }, tier))
})

t.test('max_tokens that is no number of tokens is refused', async (t) => {
  for (const max_tokens of [0, -1, 1.5, Number.NaN]) {
    t.throws(() => wireRequest({ ...request, max_tokens }, tier), { name: 'TypeError' })
  }
})

t.test('the bound on input tokens counts bytes, not characters', async (t) => {
  const ascii = wireRequest({ ...request, prompt: 'aaaa' }, tier)
  const wide = wireRequest({ ...request, prompt: '漢字漢字' }, tier)
  t.equal(inputTokensMax(wide) - inputTokensMax(ascii), 8)
  t.equal(inputTokensMax({}), 2 + input_tokens_overhead)
})
