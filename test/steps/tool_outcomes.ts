/**
 * What comes of a tool call when the world outside misbehaves, told by the log of a real server:
 * what may have happened is never done twice, and nobody is told that it failed.
 */
import t, { type Test } from 'tap'
import type { App } from '../../src/app/define_app.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer, type Met } from '../fixtures/effects_server.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

/** One call of this tool; what it came to, the rows, and what the server did. */
async function callOnce(t: Test, tool: string, id: number, ...met: Met[]) {
  const outside = await effectsServer()
  t.teardown(() => outside.close())
  outside.script(...met)
  const tools = effectTools(outside.url)
  const world = await worldOf(t, calling(tool, tools), db)
  const worker = await world.work()
  const task_id = await world.submit('one', { id })
  const seen = await world.becomes(task_id)
  await worker.stop()
  const calls = await callsOf(world, task_id)
  t.same(await world.verify(), [], 'every law holds')
  return { output: seen.output, calls, did: outside.log.map((it) => it.did), log: outside.log }
}

function calling(tool: string, tools: ReturnType<typeof effectTools>): App {
  return oneStep((ctx) => ctx.tool(tool, ctx.input), { tools })
}

async function callsOf(world: World, task_id: string) {
  const { rows } = await world.query<{ told: string; call_key: string }>(
    `select purpose || ' ' || coalesce(outcome, 'open') as told, call_key
     from pawl.tool_calls where task_id = $1 order by call_no`,
    [task_id],
  )
  return rows.map((row) => row.told)
}

t.test('what a read finds is found, and nothing there is empty', async (t) => {
  const there = await callOnce(t, 'read', 7)
  t.same(there.output, { outcome: 'found', value: { text: 'read 7' } })
  t.same((await callOnce(t, 'read', -1)).output, { outcome: 'empty' })
})

t.test('a refusal for good is failed, and is not tried again', async (t) => {
  const { output, calls } = await callOnce(t, 'keyed', 1, 'refused')
  const error = { message: 'it answered 422' }
  t.same(output, { outcome: 'failed', retryable: false, error })
  t.same(calls, ['act failed'])
})

t.test('what is unavailable is tried again until it works', async (t) => {
  const { output, calls } = await callOnce(t, 'once', 1, 'unavailable', 'unavailable')
  t.match(output, { outcome: 'found' })
  t.same(calls, ['act failed', 'act failed', 'act found'])
})

t.test('what stays unavailable is failed when its tries are used up', async (t) => {
  const { output, calls, did } = await callOnce(t, 'keyed', 1, ...Array(4).fill('unavailable'))
  t.match(output, { outcome: 'failed', retryable: true })
  t.same(calls, ['act failed', 'act failed', 'act failed'])
  t.same(did, ['nothing', 'nothing', 'nothing'])
})

t.test('a read whose answer is lost is repeated', async (t) => {
  const { output, calls } = await callOnce(t, 'read_posted', 1, 'lost_answer')
  t.match(output, { outcome: 'found' })
  t.same(calls, ['act failed', 'act found'])
})

t.test('class A: an effect whose answer is lost is sent again under its key', async (t) => {
  const { output, calls, did, log } = await callOnce(t, 'keyed', 1, 'lost_answer')
  t.match(output, { outcome: 'found' })
  t.same(calls, ['act unknown', 'act found'])
  t.same(did, ['applied', 'replayed'])
  t.equal(new Set(log.map((it) => it.key)).size, 1)
})

t.test('class B: an effect whose answer is lost is asked after, and not sent again', async (t) => {
  const { output, calls, did } = await callOnce(t, 'asked', 1, 'lost_answer')
  t.match(output, { outcome: 'found' })
  t.same(calls, ['act unknown', 'reconcile found'])
  t.same(did, ['applied', 'asked'])
})

t.test('class B: a request that never arrived is asked after, then sent', async (t) => {
  const { output, calls, did } = await callOnce(t, 'asked', 1, 'lost_request')
  t.match(output, { outcome: 'found' })
  t.same(calls, ['act unknown', 'reconcile empty', 'act found'])
  t.same(did, ['nothing', 'asked', 'applied'])
})

t.test('class C: an effect whose answer is lost stays unknown and is left alone', async (t) => {
  for (const met of ['lost_answer', 'lost_request', 'hang'] as const) {
    const { output, calls, did } = await callOnce(t, 'once', 1, met)
    t.match(output, { outcome: 'unknown' }, met)
    t.same(calls, ['act unknown'])
    t.equal(did.length, 1, 'it was sent once')
  }
})
