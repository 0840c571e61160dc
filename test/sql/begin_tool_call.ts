/** The intent of a tool call, committed before anything is sent, and what becomes of it. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { callsOf, modelCall, toolCall } from '../fixtures/sql_calls.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { beginTool, settleTool, beginModel, taken, budget } = callsOf(world)
const start = async (columns?: Record<string, unknown>) =>
  world.begun(await world.worker(), columns)
const call_of = async (task_id: string, call_no: number) =>
  (
    await world.rows('select * from pawl.tool_calls where task_id = $1 and call_no = $2', [
      task_id,
      call_no,
    ])
  )[0]

t.test('a call is a row before it is sent, and one call of the budget is promised', async (t) => {
  const site = await start()
  const begun = await beginTool(toolCall(site))
  t.match(begun, { answer: 'send', call_no: 1, try_no: 1, request: { amount: 5 }, doubt: false })
  t.match(begun.call_key, /^pawl-[0-9a-f]{40}$/)
  t.match(await call_of(site.task_id, 1), {
    outcome: null,
    settled_at: null,
    call_key: begun.call_key,
    attempt: 1,
    position: 0,
  })
  t.match(await budget(site), { reserved_tool_calls: 1, spent_tool_calls: 0 })
})

t.test('an answer settles it once, and the first settling wins', async (t) => {
  const site = await start()
  const { call_no } = await beginTool(toolCall(site))
  t.equal(await settleTool(site, call_no, 'found', { value: { id: 7 }, latency_ms: 12 }), true)
  t.equal(await settleTool(site, call_no, 'failed'), false)
  t.equal(await settleTool(site, 99, 'failed'), false)
  t.match(await call_of(site.task_id, call_no), {
    outcome: 'found',
    answer: { id: 7 },
    latency_ms: 12,
  })
  t.match(await budget(site), { reserved_tool_calls: 0, spent_tool_calls: 1 })
})

t.test('a step tried again gets its answers by their position', async (t) => {
  const site = await start()
  const outcomes: [string, object][] = [
    ['found', { value: [1, 2] }],
    ['empty', { error: { message: 'nothing there' } }],
    ['failed', { error: { message: 'gone', retryable: false } }],
  ]
  for (const [position, [outcome, more]] of outcomes.entries()) {
    const { call_no } = await beginTool(toolCall(site, { position }))
    await settleTool(site, call_no, outcome, more)
  }
  const next = await taken(site)
  t.match(await beginTool(toolCall(next)), { answer: 'answered', outcome: 'found', value: [1, 2] })
  t.match(await beginTool(toolCall(next, { position: 1 })), {
    answer: 'answered',
    outcome: 'empty',
    error: { message: 'nothing there' },
  })
  t.match(await beginTool(toolCall(next, { position: 2 })), {
    answer: 'answered',
    outcome: 'failed',
  })
  t.match(await beginTool(toolCall(next, { position: 3 })), { answer: 'send', call_no: 4 })
})

t.test('what failed for now is sent again, under the same key', async (t) => {
  const site = await start()
  const first = await beginTool(toolCall(site))
  await settleTool(site, first.call_no, 'failed', { error: { message: 'busy', retryable: true } })
  t.match(await beginTool(toolCall(site)), {
    answer: 'send',
    call_no: 2,
    try_no: 2,
    call_key: first.call_key,
  })
})

t.test('another request at the same position is refused', async (t) => {
  const site = await start()
  const { call_no } = await beginTool(toolCall(site))
  await settleTool(site, call_no, 'found')
  await beginTool(toolCall(site, { position: 1 }))
  const next = await taken(site)
  for (const wrong of [
    toolCall(next, { request: { amount: 6, secret: 'Tern Lane' } }),
    toolCall(next, { tool: 'pay' }),
    toolCall(next, { position: 1, request: null }),
  ]) {
    const answer = await refused(beginTool(wrong))
    t.match(answer, { code: 'PW203', hint: /no clock/ })
    t.notMatch(answer.whole.split('\n').slice(0, 4).join(), 'Tern Lane')
  }
  t.match(await refused(beginModel(modelCall(next))), { code: 'PW203' })
  t.equal(
    await world.value('select count(*)::integer from pawl.tool_calls where task_id = $1', [
      site.task_id,
    ]),
    2,
  )
})

t.test('an attempt that is over sends nothing', async (t) => {
  const site = await start()
  const next = await taken(site)
  t.match(await refused(beginTool(toolCall(site))), { code: 'PW002', hint: /Stop/ })
  t.match(await refused(beginTool(toolCall({ ...next, worker_id: site.worker_id }))), {
    code: 'PW002',
  })
  t.match(await refused(beginModel(modelCall(site))), { code: 'PW002' })
  t.match(await beginTool(toolCall(next)), { answer: 'send', call_no: 1 })
})

t.test('an answer that comes after its attempt is over still counts', async (t) => {
  const site = await start()
  const { call_no } = await beginTool(toolCall(site))
  const next = await taken(site)
  t.equal(await settleTool(site, call_no, 'found', { value: 'late' }), true)
  t.match(await beginTool(toolCall(next)), { answer: 'answered', value: 'late' })
})

t.test('an intent is seen by whoever takes the step over, however close it was', async (t) => {
  const site = await start()
  const slow = await world.as('pawl_worker')
  await slow.query('begin')
  await slow.query('select pawl.begin_tool_call($1)', [toolCall(site, { class: 'C' })])
  await world.query('select pawl.bury_worker($1)', [site.worker_id])
  const step = 'select attempts - losses as left from pawl.steps where task_id = $1'
  t.equal(await world.value(step, [site.task_id]), 1, 'nobody takes it over meanwhile')
  await slow.query('commit')
  await world.query('select pawl.sweep()')
  t.match(await beginTool(toolCall(await taken(site), { class: 'C' })), {
    answer: 'answered',
    outcome: 'unknown',
  })
})

t.test('the key is of the task, the step and the position, not of the try', async (t) => {
  const [one, two] = [await start(), await start()]
  const key = async (call: object) => world.value<string>('select pawl.call_key($1)', [call])
  const calls = [
    toolCall(one),
    toolCall(two),
    toolCall(one, { position: 1 }),
    toolCall({ ...one, step_no: 2 }),
    toolCall(one, { act_no: 1 }),
    toolCall(one, { act_no: 1, envelope_no: 2 }),
    toolCall(one, { purpose: 'reconcile' }),
  ]
  const known = new Map<string, object>()
  for (const call of calls) known.set(await key(call), call)
  t.equal(known.size, calls.length)
  t.equal(known.get(await key(toolCall({ ...one, attempt: 5 }, { request: 1 }))), calls[0])
  const act = { act_no: 1, envelope_no: 1 }
  t.equal(await key(toolCall({ ...one, step_no: 9 }, act)), await key(toolCall(one, act)))
})

t.test('a long request and a long answer are stored once, and come back whole', async (t) => {
  const site = await start()
  const long = 'x'.repeat(10_000)
  const { call_no, request } = await beginTool(toolCall(site, { request: { long } }))
  t.same(request, { long })
  await settleTool(site, call_no, 'found', { value: { long } })
  const stored = await call_of(site.task_id, call_no)
  t.match(stored, { request: { $payload: /^[0-9a-f]{64}$/ }, answer: { $payload: /./ } })
  t.match(await beginTool(toolCall(site, { request: { long } })), { value: { long } })
  const count = 'select count(*)::integer from pawl.payloads where task_id = $1'
  t.equal(await world.value(count, [site.task_id]), 1)
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
