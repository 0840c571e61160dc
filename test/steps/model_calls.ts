/**
 * Model calls against a real HTTP server that misbehaves as scripted: what is asked again, what is
 * waited for, what is given up, and what each of it costs.
 */
import t, { type Test } from 'tap'
import { z } from 'zod'
import type { Actor } from '../../src/app/define_machine.ts'
import { anthropic } from '../../src/models/anthropic.ts'
import { freshDatabase } from '../fixtures/database.ts'
import {
  apiError,
  type MessagesServer,
  message,
  messagesServer,
  type Reply,
} from '../fixtures/messages_server.ts'
import { caughtStep } from '../fixtures/small_machines.ts'
import { endPauses, type TaskSeen, type World, worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)
const tiers = { cheap: { model: 'claude-haiku-5-5' }, dear: { model: 'claude-nobody-knows' } }
const GOOD = message('{"verdict": "continue"}')
/** 120 input tokens at 0.10 and 30 output tokens at 0.50 $/M. */
const GOOD_MICROUSD = 27

const request = {
  tier: 'cheap',
  purpose: 'judge',
  system: 'You judge.',
  prompt: 'Well?',
  schema: z.object({ verdict: z.enum(['continue', 'replan']) }),
  max_tokens: 500,
}

const judge: Actor = (ctx) => ctx.model(request)

type Told = { told: string; cost: number }
type Came = TaskSeen & { task_id: string; calls: Told[] }

async function scripted(t: Test, work: Actor, ...replies: Reply[]) {
  const server = await messagesServer()
  t.teardown(() => server.close())
  server.script(...replies)
  const models = anthropic({ tiers, apiKey: 'test-key', baseURL: server.url, name: 'scripted' })
  const world = await worldOf(t, caughtStep(work, { models }), db)
  await world.work()
  return { world, server }
}

/** One task with that one call; pauses are cut short. */
async function come(t: Test, world: World, budget: object | null = null): Promise<Came> {
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input, budget) values ('caught', '{}', $1) returning task_id`,
    [budget],
  )
  const task_id = rows[0]?.task_id ?? ''
  const seen = await world.hurried(task_id)
  const { rows: calls } = await db.query<Told>(
    `select outcome || coalesce(' ' || (error ->> 'problem'), ' ' || (error ->> 'status'), '') as told,
       cost_microusd::integer as cost
     from pawl.model_calls where task_id = $1 order by call_no`,
    [task_id],
  )
  t.same(await world.verify(), [], 'every law holds')
  return { ...seen, task_id, calls }
}

async function comes(t: Test, ...replies: Reply[]): Promise<Came & { server: MessagesServer }> {
  const { world, server } = await scripted(t, judge, ...replies)
  return { ...(await come(t, world)), server }
}

t.test('an answer of the right shape is found, and priced', async (t) => {
  const { state, output, calls } = await comes(t, GOOD)
  t.same({ state, output }, { state: 'done', output: { verdict: 'continue' } })
  t.same(calls, [{ told: 'found', cost: GOOD_MICROUSD }])
})

t.test('a bad answer is paid for and asked for again at once', async (t) => {
  const { output, calls } = await comes(
    t,
    message('{"verdict": "cont', { stop_reason: 'max_tokens' }),
    message('{"verdict": "perhaps"}'),
    message(''),
    GOOD,
  )
  t.same(output, { verdict: 'continue' })
  t.same(calls, [
    { told: 'failed truncated', cost: GOOD_MICROUSD },
    { told: 'failed does_not_fit', cost: GOOD_MICROUSD },
    { told: 'empty no_text', cost: GOOD_MICROUSD },
    { told: 'found', cost: GOOD_MICROUSD },
  ])
})

t.test('answers that stay bad are an error with its code', async (t) => {
  const { state, output, calls } = await comes(t, ...Array(5).fill(message('no JSON at all')))
  t.equal(state, 'mended')
  t.match(output, { name: 'ModelFailure', code: 'not_json' })
  t.equal(calls.length, 4)
})

t.test('an overloaded model is waited for, longer than a broken one', async (t) => {
  const busy = Array.from({ length: 6 }, () => apiError(529, 'overloaded_error'))
  const { output, calls, task_id } = await comes(t, ...busy, GOOD)
  t.same(output, { verdict: 'continue' })
  t.same(calls, [
    ...busy.map(() => ({ told: 'failed 529', cost: 0 })),
    { told: 'found', cost: GOOD_MICROUSD },
  ])
  const { rows } = await db.query<{ outcome: string }>(
    'select outcome from pawl.attempts where task_id = $1 order by attempt',
    [task_id],
  )
  const parked = busy.map(() => 'parked')
  t.same(
    rows.map((row) => row.outcome),
    [...parked, 'succeeded'],
    'each time the step was parked',
  )
  const broken = await comes(t, ...Array(5).fill(apiError(500, 'api_error')))
  t.match(broken.output, { code: 'api_error' })
  t.equal(broken.calls.length, 4)
})

t.test('the other side says how long to wait, and is obeyed', async (t) => {
  const late = apiError(429, 'rate_limit_error', { 'retry-after': '1200' })
  const { world } = await scripted(t, judge, late, GOOD)
  const task_id = await world.submit('caught')
  await world.becomes(task_id, 'waiting')
  const { rows } = await db.query(
    `select wake_at > pawl.clock() + interval '19 minutes' as obeyed
     from pawl.steps where task_id = $1`,
    [task_id],
  )
  t.same(rows, [{ obeyed: true }])
  await endPauses(db, task_id)
  t.match(await world.becomes(task_id), { output: { verdict: 'continue' } })
})

t.test('an account that may not ask is an error at once, and burns nothing', async (t) => {
  const { state, output, calls, server } = await comes(t, apiError(401, 'authentication_error'))
  t.equal(state, 'mended')
  t.match(output, { name: 'ModelFailure', code: 'account' })
  t.same(calls, [{ told: 'failed 401', cost: 0 }])
  t.equal(server.requests.length, 1)
})

t.test('an answer lost on its way is charged at what was promised', async (t) => {
  const { output, calls } = await comes(t, { kind: 'cut' }, GOOD)
  t.same(output, { verdict: 'continue' })
  t.equal(calls[0]?.told, 'unknown')
  t.ok((calls[0]?.cost ?? 0) > GOOD_MICROUSD, 'the worst case')
  t.same(calls[1], { told: 'found', cost: GOOD_MICROUSD })
})

t.test('a call that its budget cannot bear is refused, by the cap that stands there', async (t) => {
  const long: Actor = (ctx) => ctx.model({ ...request, max_tokens: 4000 })
  const { world, server } = await scripted(t, long, message('no JSON'))
  for (const [dimension, cap] of Object.entries({ model_calls: 1, tokens: 100, microusd: 1000 })) {
    const { state, output } = await come(t, world, { [dimension]: cap })
    t.equal(state, 'mended')
    t.match(output, { name: 'OverBudget', code: 'over_budget', dimension })
  }
  t.equal(server.requests.length, 1, 'the one that a budget of one call allows')
})

t.test('a model without a price is refused and never asked', async (t) => {
  const dear: Actor = (ctx) => ctx.model({ ...request, tier: 'dear' })
  const { world, server } = await scripted(t, dear)
  t.match((await come(t, world)).output, { code: 'no_price' })
  t.equal(server.requests.length, 0)
})

t.test('a step tried again is given its answer from the row', async (t) => {
  let runs = 0
  const work: Actor = async (ctx) => {
    const answer = await ctx.model(request)
    if (++runs === 1) throw new Error('it fell over afterwards')
    return answer
  }
  const { world, server } = await scripted(t, work, GOOD)
  t.same((await come(t, world)).output, { verdict: 'continue' })
  t.equal(server.requests.length, 1)
})
