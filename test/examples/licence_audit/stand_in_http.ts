import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { BAD_KINDS } from '../../../examples/licence_audit/stand_in/bad_answers.ts'
import { startStandIn } from '../../../examples/licence_audit/stand_in/server.ts'
import { readAnswer } from '../../../src/models/answer.ts'
import { planSchema } from '../../../src/steps/plan_schema.ts'
import { Asker, TOOLS } from '../../fixtures/audit_questions.ts'

const MAIN = join(import.meta.dirname, '../../../examples/licence_audit/stand_in/main.ts')
const schema = planSchema(TOOLS, 1)
const promptOf = (name: string) =>
  `<input>\n${JSON.stringify({ package: name, version: '1.0.0', path: 'x' })}\n</input>\n` +
  `<tools>\n${TOOLS.map((tool) => JSON.stringify({ name: tool.name })).join('\n')}\n</tools>`

async function standIn(t: Test, seed: number, bad: number) {
  const voice = await startStandIn({ port: 0, seed, bad })
  t.teardown(() => voice.close())
  return { voice, ask: new Asker(voice.url) }
}

/** What became of one plan, in a word. */
async function fate(ask: Asker, name: string): Promise<string> {
  const reply = await ask.send('', promptOf(name), schema)
  if (reply.kind !== 'answered') return reply.kind === 'failed' ? `${reply.status}` : 'unknown'
  const answer = readAnswer(reply, schema)
  if (answer.ok) return 'good'
  return answer.problem === 'does_not_fit' && reply.text.includes('browse_the_web')
    ? 'unknown_tool'
    : answer.problem
}

const names = Array.from({ length: 40 }, (_, index) => `package-${index}`)

t.test('every kind of bad answer happens, and is counted', async (t) => {
  const { voice, ask } = await standIn(t, 1, 1)
  const fates: string[] = []
  for (const name of names) fates.push(await fate(ask, name))
  t.same([...new Set(fates)].sort(), ['529', 'does_not_fit', 'truncated', 'unknown_tool'])
  const counts = voice.counts()
  const bad = Object.values(counts.bad).reduce((sum, count) => sum + count, 0)
  t.equal(bad, names.length)
  for (const kind of BAD_KINDS) t.ok(counts.bad[kind] > 0, kind)
})

t.test('the seed decides where it goes wrong', async (t) => {
  const runOf = async (seed: number) => {
    const { ask } = await standIn(t, seed, 0.5)
    const fates: string[] = []
    for (const name of names) fates.push(await fate(ask, name))
    return fates
  }
  const first = await runOf(7)
  t.same(await runOf(7), first)
  t.notSame(await runOf(8), first)
})

t.test('the same request sent again may go well', async (t) => {
  const { ask } = await standIn(t, 1, 0.5)
  const fates = new Set<string>()
  for (let times = 0; times < 20; times++) fates.add(await fate(ask, 'kettle'))
  t.ok(fates.has('good') && fates.size > 1, [...fates].join(' '))
})

t.test('an answer says what it cost and bears the id of its request', async (t) => {
  const { ask } = await standIn(t, 1, 0)
  const reply = await ask.send('', promptOf('kettle'), schema)
  t.match(reply, { kind: 'answered', stop_reason: 'end_turn', model: 'claude-haiku-5-5' })
  if (reply.kind !== 'answered') return
  t.match(reply.request_id, /^req_/)
  t.equal(reply.usage.output_tokens, Math.ceil(reply.text.length / 4))
  t.ok(reply.usage.input_tokens > promptOf('kettle').length / 4)
})

t.test('an answer longer than max_tokens is cut there', async (t) => {
  const { voice } = await standIn(t, 1, 0)
  const answer = await post(voice.url, requestOf({ max_tokens: 10 }))
  t.match(answer, { stop_reason: 'max_tokens', usage: { output_tokens: 10 } })
})

t.test('what it cannot answer is an error as the API words it', async (t) => {
  const { voice } = await standIn(t, 1, 1)
  const invalid = { type: 'error', error: { type: 'invalid_request_error' } }
  for (const body of [
    {},
    requestOf({ stream: true }),
    requestOf({ output_config: undefined }),
    requestOf({}, { colour: { type: 'string' } }),
  ]) {
    t.match(await post(voice.url, body), invalid)
  }
  t.match(await post(`${voice.url}/v2`, {}), { error: { type: 'not_found_error' } })
  t.match(voice.counts(), { requests: 4, refused: 4 })
})

function requestOf(more: object, properties: object = { steps: {} }): object {
  const format = { type: 'json_schema', schema: { type: 'object', properties } }
  return {
    model: 'claude-haiku-5-5',
    max_tokens: 1000,
    messages: [{ role: 'user', content: promptOf('kettle') }],
    output_config: { format },
    ...more,
  }
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(body) })
  return await response.json()
}

t.test('as a process it says where it is in one line, and ends when told to', async (t) => {
  const args = [MAIN, '--port', '0', '--seed', '3', '--bad', '0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const hello = z
    .object({ url: z.url(), pid: z.int() })
    .loose()
    .parse(JSON.parse(String(line)))
  t.match(hello, { pid: child.pid, seed: 3, bad: 0 })
  t.equal(await fate(new Asker(hello.url), 'kettle'), 'good')
  t.match(await (await fetch(`${hello.url}/counts`)).json(), { requests: 1 })
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})
