/** Everything that happened to a task, in order, one row each. */
import t from 'tap'
import { actsOf, registerClerk } from '../fixtures/sql_acts.ts'
import { callsOf, modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { doneItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await registerClerk(world)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const { planned, assess, ask, decide, call } = actsOf(world)
const { beginTool, settleTool, beginModel, settleModel } = callsOf(world)
const traced = async (task_id: string) =>
  (await world.roles.pawl_submitter.query('select * from pawl.trace(task_id => $1)', [task_id]))
    .rows

t.test('a task’s whole story is told in order', async (t) => {
  const site = await planned()
  await world.tick(10)
  const model = await beginModel(modelCall(site))
  await world.tick(10)
  const usage = { input_tokens: 100, output_tokens: 10 }
  await settleModel(site, model.call_no, 'found', { usage, value: { text: 'hi' }, latency_ms: 10 })
  await world.tick(10)
  await assess(site, 0.5, { decision: 'review' })
  await ask(site)
  await world.tick(10)
  await decide(site, 'approve', { note: 'go on' })
  await world.tick(10)
  const act = await beginTool(call(site, { position: 1 }))
  await world.tick(10)
  await settleTool(site, act.call_no, 'found', { value: 'posted', latency_ms: 7 })
  await world.tick(10)
  await world.commit(doneItem(site))
  const rows = await traced(site.task_id)
  t.same(
    rows.map((row) => `${row.kind} ${row.title}${row.outcome === null ? '' : `: ${row.outcome}`}`),
    [
      'transition (new) → (new)',
      'transition (new) → calling',
      'plan because',
      'model_call plan (opus, stand-in): found',
      'assessment confidence 0.50, threshold 0.80: review',
      'review May it be posted?: opened',
      'review go on: approve',
      'event review.approve: waiting',
      'tool_call post: found',
      'attempt fetch: succeeded',
      'transition calling → waiting',
    ],
  )
  t.match(rows[3], { tokens: '110', cost_microusd: '450', latency_ms: 10, step_no: 1 })
  t.match(rows[3].detail, { request: { messages: ['hello'] }, answer: { text: 'hi' } })
  t.match(rows[8], { plan_no: 1, latency_ms: 7, detail: { approval: { by: 'person' }, act_no: 1 } })
  t.match(rows[2].detail.steps, [{ ordinal: 1, tool: 'post' }, { ordinal: 2 }])
  t.ok(rows.every((row, index) => index === 0 || row.at >= rows[index - 1].at))
})

t.test('what is under way is shown as it stands', async (t) => {
  const site = await world.begun(await world.worker())
  await beginModel(modelCall(site))
  const rows = await traced(site.task_id)
  t.match(
    rows.filter((row) => row.kind !== 'transition').map((row) => [row.kind, row.outcome]),
    [
      ['model_call', 'in flight'],
      ['attempt', 'running'],
    ],
  )
})

t.test('a task that nobody knows has no story', async (t) => {
  t.same(await traced('00000000-0000-7000-8000-000000000000'), [])
})

t.test('of another task there is not a word', async (t) => {
  const site = await planned()
  await planned()
  t.equal((await traced(site.task_id)).filter((row) => row.kind === 'plan').length, 1)
})
