/** Caps: nothing is promised that does not fit, and what stands in the way is named. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { callsOf, modelCall, PRICES, toolCall } from '../fixtures/sql_calls.ts'
import { startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const { beginModel, settleModel, beginTool, settleTool, budget } = callsOf(world)
const start = async (columns?: Record<string, unknown>) =>
  world.begun(await world.worker(), columns)
const capped = (caps: object) => start({ budget: JSON.stringify(caps) })
const pool_of = async (pool: string) =>
  (
    await world.rows(
      `select reserved_microusd::integer as reserved, spent_microusd::integer as spent,
         overrun_microusd::integer as overrun
       from pawl.budget_pools where pool = $1`,
      [pool],
    )
  )[0]

t.test('exactly the cap fits, one more does not', async (t) => {
  for (const [caps, dimension] of [
    [{ microusd: 4500 }, 'microusd'],
    [{ tokens: 1100 }, 'tokens'],
    [{ model_calls: 1 }, 'model_calls'],
  ] as const) {
    const site = await capped(caps)
    t.match(await beginModel(modelCall(site)), { answer: 'send' })
    const before = await budget(site)
    t.match(await beginModel(modelCall(site, { position: 1 })), {
      answer: 'refused',
      reason: dimension,
      call_no: 2,
    })
    t.same(await budget(site), before, 'a refusal promises nothing')
    await settleModel(site, 1, 'unknown')
    t.match(await beginModel(modelCall(site, { position: 2 })), { reason: dimension })
  }
})

t.test('tool calls are capped, too, and what is in flight counts', async (t) => {
  const site = await capped({ tool_calls: 2 })
  const first = await beginTool(toolCall(site))
  t.match(await beginTool(toolCall(site, { position: 1 })), { answer: 'send' })
  t.match(await beginTool(toolCall(site, { position: 2 })), { reason: 'tool_calls' })
  await settleTool(site, first.call_no, 'found')
  t.match(await beginTool(toolCall(site, { position: 2 })), { reason: 'tool_calls' })
})

t.test('after the deadline nothing is sent', async (t) => {
  const site = await capped({ wall_clock_ms: 1000 })
  await world.tick(999)
  t.match(await beginTool(toolCall(site)), { answer: 'send' })
  await world.tick(1)
  t.match(await beginTool(toolCall(site, { position: 1 })), { reason: 'wall_clock_ms' })
  t.match(await beginModel(modelCall(site, { position: 2 })), { reason: 'wall_clock_ms' })
})

t.test('without a cap nothing stands in the way', async (t) => {
  const site = await start()
  t.match(await beginModel(modelCall(site, { input_tokens_max: 1e12 })), { answer: 'send' })
})

t.test('a refusal is a row of the trace', async (t) => {
  const site = await capped({ tokens: 1 })
  await beginModel(modelCall(site))
  t.match(
    await world.rows('select outcome, error from pawl.model_calls where task_id = $1', [
      site.task_id,
    ]),
    [{ outcome: 'refused', error: { reason: 'tokens' } }],
  )
})

t.test('a pool is shared: what one task promises another cannot', async (t) => {
  await world.query(`select pawl.open_pool('shared', 10000)`)
  const [one, two] = [await capped({ pool: 'shared' }), await capped({ pool: 'shared' })]
  t.match(await beginModel(modelCall(one)), { answer: 'send' })
  t.match(await beginModel(modelCall(two)), { answer: 'send' })
  t.match(await beginModel(modelCall(one, { position: 1 })), { reason: 'pool' })
  t.same(await pool_of('shared'), { reserved: 9000, spent: 0, overrun: 0 })
  await settleModel(one, 1, 'found', { usage: { input_tokens: 100 } })
  await settleModel(two, 1, 'found', { usage: { input_tokens: 2000 } })
  t.same(await pool_of('shared'), { reserved: 0, spent: 4800, overrun: 1500 })
  t.match(await beginModel(modelCall(one, { position: 2 })), { reason: 'pool' })
  await world.query(`select pawl.open_pool('shared', 20000)`)
  t.match(await beginModel(modelCall(one, { position: 3 })), { answer: 'send' })
})

t.test('tool calls cost a pool nothing', async (t) => {
  await world.query(`select pawl.open_pool('narrow', 1000)`)
  const site = await capped({ pool: 'narrow' })
  t.match(await beginModel(modelCall(site)), { reason: 'pool' })
  t.match(await beginTool(toolCall(site, { position: 1 })), { answer: 'send' })
})

t.test('a pool’s cap is whole micro-dollars, and not below what is spent', async (t) => {
  for (const cap of [0, -5, 5, null]) {
    const answer = await refused(world.query(`select pawl.open_pool('wrong', $1)`, [cap]))
    t.match(answer, { code: 'PW105', hint: /5 USD = 5000000/ })
  }
  const below = await refused(world.query(`select pawl.open_pool('shared', 1000)`))
  t.match(below, { code: '23514', constraint: 'promises_fit_the_pool' })
})

t.test('a promise larger than the purse is refused by the table, whoever makes it', async (t) => {
  const site = await capped({ microusd: 5000, tokens: 10, tool_calls: 1, model_calls: 1 })
  for (const [change, constraint] of [
    ['reserved_microusd = 5001', 'promises_fit_the_cap'],
    ['spent_tokens = 11', 'promised_tokens_fit_the_cap'],
    ['reserved_tool_calls = 2', 'promised_tool_calls_fit_the_cap'],
    ['spent_model_calls = 2', 'promised_model_calls_fit_the_cap'],
    ['spent_microusd = -1', 'money_is_not_negative'],
  ] as const) {
    const text = `update pawl.budgets set ${change} where task_id = $1`
    t.match(await refused(world.query(text, [site.task_id])), { code: '23514', constraint })
  }
})

t.test('two promises at once never exceed the cap', async (t) => {
  const site = await capped({ microusd: 4500 * 3 })
  const clients = await Promise.all(Array.from({ length: 6 }, () => world.as('pawl_worker')))
  const answers = await Promise.all(
    clients.map((client, position) =>
      world.value<{ answer: string }>(
        'select pawl.begin_model_call($1)',
        [modelCall(site, { position })],
        client,
      ),
    ),
  )
  t.equal(answers.filter(({ answer }) => answer === 'send').length, 3)
  t.match(await budget(site), { reserved_microusd: 13_500 })
})

t.test('a machine’s own budget holds where the task says nothing', async (t) => {
  await world.register('capped', { budget: { model_calls: 1, wall_clock_ms: 5000 } })
  const worker_id = await world.worker(['capped:1'])
  const task_id = await world.submit({ machine: 'capped' })
  await world.commit(startItem(task_id, worker_id))
  const site = { task_id, step_no: 1, attempt: 1, worker_id }
  await beginModel(modelCall(site))
  t.match(await beginModel(modelCall(site, { position: 1 })), { reason: 'model_calls' })
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
