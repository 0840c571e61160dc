/** A model call: the worst case is promised before it is sent, the truth is booked after. */
import t from 'tap'
import { callsOf, modelCall, PRICES, toolCall } from '../fixtures/sql_calls.ts'
import type { Site } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { beginModel, settleModel, beginTool, taken, budget } = callsOf(world)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const start = async (columns?: Record<string, unknown>) =>
  world.begun(await world.worker(), columns)
const last = async (site: Site) =>
  (
    await world.rows(
      `select *, cost_microusd::integer as cost, price_band::integer as band
       from pawl.model_calls where task_id = $1 order by call_no desc limit 1`,
      [site.task_id],
    )
  )[0]

t.test('tokens and micro-dollars are promised at their worst', async (t) => {
  const site = await start()
  t.match(await beginModel(modelCall(site)), {
    answer: 'send',
    call_no: 1,
    try_no: 1,
    request: { messages: ['hello'] },
  })
  t.match(await budget(site), {
    reserved_tokens: 1100,
    reserved_microusd: 4500,
    reserved_model_calls: 1,
    spent_model_calls: 0,
  })
  t.match(await last(site), { outcome: null, voice: 'stand-in', tier: 'strong', cost: 0 })
})

t.test(
  'a prompt that is to be cached is promised at what writing to the cache costs',
  async (t) => {
    const site = await start()
    await beginModel(modelCall(site, { request: { system: [{ cache_control: {} }] } }))
    t.match(await budget(site), { reserved_microusd: 7500 })
  },
)

t.test(
  'an answer is booked at what it took, and the rest of the promise is free again',
  async (t) => {
    const site = await start()
    const { call_no } = await beginModel(modelCall(site))
    const usage = { input_tokens: 500, output_tokens: 40, cache_read_input_tokens: 100 }
    const more = { usage, value: { text: 'hi' }, stop_reason: 'end_turn', request_id: 'r-1' }
    t.equal(await settleModel(site, call_no, 'found', more), true)
    t.equal(await settleModel(site, call_no, 'failed', more), false)
    t.match(await last(site), {
      outcome: 'found',
      answer: { text: 'hi' },
      stop_reason: 'end_turn',
      request_id: 'r-1',
      input_tokens: '500',
      cost: 2130,
    })
    t.match(await budget(site), {
      reserved_tokens: 0,
      spent_tokens: 640,
      overrun_tokens: 0,
      reserved_microusd: 0,
      spent_microusd: 2130,
      overrun_microusd: 0,
      reserved_model_calls: 0,
      spent_model_calls: 1,
    })
  },
)

t.test(
  'what it took beyond the promise is an overrun, outside the cap and counted against it',
  async (t) => {
    const site = await start({ budget: '{"microusd": 9000, "tokens": 3000}' })
    const { call_no } = await beginModel(modelCall(site))
    const usage = { input_tokens: 1500, output_tokens: 200 }
    await settleModel(site, call_no, 'found', { usage })
    t.match(await budget(site), {
      spent_tokens: 1100,
      overrun_tokens: 600,
      spent_microusd: 4500,
      overrun_microusd: 3000,
    })
    t.match(await beginModel(modelCall(site, { position: 1 })), {
      answer: 'refused',
      reason: 'microusd',
    })
  },
)

t.test('no answer may have been billed: it is booked at what was promised', async (t) => {
  const site = await start()
  const { call_no } = await beginModel(modelCall(site))
  await settleModel(site, call_no, 'unknown')
  t.match(await last(site), { outcome: 'unknown', cost: 4500 })
  t.match(await budget(site), { spent_tokens: 1100, spent_microusd: 4500, overrun_microusd: 0 })
})

t.test('an error that says it took nothing costs nothing', async (t) => {
  const site = await start()
  const { call_no } = await beginModel(modelCall(site))
  await settleModel(site, call_no, 'failed', { error: { status: 529 } })
  t.match(await last(site), { outcome: 'failed', cost: 0, error: { status: 529 } })
  t.match(await budget(site), { spent_microusd: 0, reserved_microusd: 0, spent_model_calls: 1 })
})

t.test('an answer is priced at the band its real prompt fell into', async (t) => {
  const site = await start()
  const big = { model: 'haiku', input_tokens_max: 120_000, output_tokens_max: 100 }
  const { call_no } = await beginModel(modelCall(site, big))
  t.match(await budget(site), { reserved_microusd: 60_250 })
  t.match(await last(site), { band: 100_000 })
  await settleModel(site, call_no, 'found', { usage: { input_tokens: 90_000, output_tokens: 100 } })
  t.match(await last(site), { band: 0, cost: 9050 })
})

t.test('a model without a price is refused, and nothing is written', async (t) => {
  const site = await start()
  t.same(await beginModel(modelCall(site, { model: 'gpt' })), {
    answer: 'refused',
    reason: 'no_price',
    call_no: null,
  })
  t.equal(await last(site), undefined)
})

t.test('a step tried again gets its answer back and pays nothing', async (t) => {
  const site = await start()
  const { call_no } = await beginModel(modelCall(site))
  await settleModel(site, call_no, 'found', { value: { text: 'hi' }, usage: { input_tokens: 9 } })
  const spent = await budget(site)
  const next = await taken(site)
  t.match(await beginModel(modelCall(next)), { answer: 'answered', value: { text: 'hi' } })
  t.same(await budget(site), spent)
})

t.test('a bad answer is asked for again; one lost with its worker is booked first', async (t) => {
  const site = await start()
  const first = await beginModel(modelCall(site))
  await settleModel(site, first.call_no, 'failed', { usage: { input_tokens: 100 } })
  t.match(await beginModel(modelCall(site)), { answer: 'send', try_no: 2 })
  const next = await taken(site)
  t.match(await beginModel(modelCall(next)), { answer: 'send', try_no: 3 })
  const rows = await world.rows(
    'select outcome from pawl.model_calls where task_id = $1 order by 1',
    [site.task_id],
  )
  t.same(
    rows.map((row) => row['outcome']),
    ['failed', 'unknown', null],
  )
  t.match(await budget(site), { spent_microusd: 300 + 4500, reserved_microusd: 4500 })
})

t.test('another request at the same position is refused, of whichever kind', async (t) => {
  const site = await start()
  await beginModel(modelCall(site))
  await t.rejects(beginModel(modelCall(site, { request: { messages: ['bye'] } })), {
    code: 'PW203',
  })
  await t.rejects(beginTool(toolCall(site)), { code: 'PW203' })
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
