/** More to spend: the caps are set anew, and the question that waits for them is answered. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { actsOf } from '../fixtures/sql_acts.ts'
import { callsOf, modelCall, PRICES, toolCall } from '../fixtures/sql_calls.ts'
import { doneItem, goItem, type Site } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const { beginModel, beginTool } = callsOf(world)
const { review, decide } = actsOf(world)
const { task } = looks(world)
const worker_id = await world.worker()
const raise = (task_id: string, caps: unknown) =>
  world.roles.pawl_reviewer.query(`select pawl.raise_budget($1, $2, by => 'reviewer 7')`, [
    task_id,
    JSON.stringify(caps),
  ])
const asked = async (site: Site) => {
  const question = { kind: 'budget', question: 'More?', choices: ['approve', 'reject'] }
  await world.commit(doneItem(site, { status: 'review', attach: { review: question } }))
}
const deadline = (site: Site) =>
  world.value<number>(
    `select case when isfinite(fire_at) then extract(epoch from fire_at - pawl.clock())::float
       else 'infinity' end
     from pawl.timers where task_id = $1`,
    [site.task_id],
  )

t.test('the values given are the new caps; the others stay', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"tool_calls": 1, "tokens": 9}' })
  await beginTool(toolCall(site))
  t.match(await beginTool(toolCall(site, { position: 1 })), { reason: 'tool_calls' })
  await raise(site.task_id, { tool_calls: 2, replans: 0 })
  t.match(await beginTool(toolCall(site, { position: 1 })), { answer: 'send' })
  t.match(await beginModel(modelCall(site, { position: 2 })), { reason: 'tokens' })
})

t.test('a budget question that waits is answered by it, and the task goes on', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"microusd": 5000}' })
  await asked(site)
  t.match(await refused(decide(site, 'approve')), { code: 'PW303', hint: /raise_budget/ })
  const before = await world.counted()
  await raise(site.task_id, { microusd: 50_000 })
  t.match(await review(site), { status: 'decided', decision: 'approve', decided_by: 'reviewer 7' })
  t.match(await task(site.task_id), { status: 'ready' })
  t.equal(Number((await world.counted())['jobs']) - Number(before['jobs']), 1)
  const events = await world.rows('select cause, type from pawl.events where task_id = $1', [
    site.task_id,
  ])
  t.same(events, [{ cause: 'review', type: 'review.approve' }])
})

t.test('two that wait are both answered, and the clock stood still once for both', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  await asked(site)
  await world.tick(5000)
  const question = { kind: 'budget', question: 'And here?', choices: ['approve', 'reject'] }
  await world.query('select pawl.attach_review($1, 1, $2)', [site.task_id, question])
  await world.tick(20_000)
  await raise(site.task_id, { microusd: 50_000 })
  const answers = await world.rows('select decision from pawl.reviews where task_id = $1', [
    site.task_id,
  ])
  t.same(answers, [{ decision: 'approve' }, { decision: 'approve' }])
  t.equal(await deadline(site), 10)
})

t.test('while another question waits, a decision sets no clock going', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  const review = { kind: 'escalation', question: 'What now?', choices: ['answer'] }
  await world.commit(doneItem(site, { status: 'review', attach: { review } }))
  await world.tick(5000)
  await world.query('select pawl.attach_review($1, 1, $2)', [site.task_id, review])
  await world.tick(5000)
  await decide(site, 'answer', { answer: 'so' })
  t.equal(await deadline(site), Number.POSITIVE_INFINITY)
  await world.tick(5000)
  await decide(site, 'answer', { answer: 'so' }, 2)
  t.equal(await deadline(site), 10)
})

t.test('a budget question may be answered with no', async (t) => {
  const site = await world.begun(worker_id)
  await asked(site)
  await decide(site, 'reject')
  t.match(await review(site), { decision: 'reject' })
})

t.test('a later deadline moves the timer with it, and none is moved forward', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  await world.tick(4000)
  await raise(site.task_id, { wall_clock_ms: 25_000 })
  t.equal(await deadline(site), 21)
  await raise(site.task_id, { wall_clock_ms: 5000 })
  t.equal(await deadline(site), 21)
  await raise(site.task_id, { tokens: 5000 })
  t.equal(await deadline(site), 21)
})

t.test('a clock that stands still for a person goes on only with the decision', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  const review = { kind: 'escalation', question: 'What now?', choices: ['answer'] }
  await world.commit(doneItem(site, { status: 'review', attach: { review } }))
  await world.tick(60_000)
  await raise(site.task_id, { wall_clock_ms: 20_000 })
  t.equal(await deadline(site), Number.POSITIVE_INFINITY)
  await decide(site, 'answer', { answer: 'so' })
  t.equal(await deadline(site), 20)
})

t.test('a cap does not fall below what is spent and promised', async (t) => {
  const site = await world.begun(worker_id)
  await beginModel(modelCall(site))
  const answer = await refused(raise(site.task_id, { microusd: 4499 }))
  t.match(answer, { code: 'PW105', hint: /caps/ })
  await raise(site.task_id, { microusd: 4500 })
})

t.test('what is no budget is refused, and so is another pool', async (t) => {
  const site = await world.begun(worker_id)
  for (const caps of [{ microusd: 5 }, { microusd: -1 }, { dollars: 5 }, 5, [5], { pool: 'x' }]) {
    t.match(await refused(raise(site.task_id, caps)), { code: 'PW105', hint: /./ })
  }
  await world.query(`select pawl.open_pool('x', 1000000)`)
  const answer = await refused(raise(site.task_id, { pool: 'x' }))
  t.match(answer, { code: 'PW105', hint: /open_pool/ })
})

t.test('a task that is not there is refused', async (t) => {
  t.match(await refused(raise(worker_id, { tokens: 5 })), { code: 'PW201', hint: /select/ })
})

t.test('who works cannot raise what it may spend', async (t) => {
  for (const role of ['pawl_worker', 'pawl_submitter', 'pawl_observer'] as const) {
    const text = `select pawl.raise_budget($1, '{}', 'me')`
    t.match(await refused(world.roles[role].query(text, [worker_id])), { code: '42501' })
  }
})

t.test('a finished task’s budget may be raised, to no effect', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  await world.commit(goItem(site, 2, 0))
  await raise(site.task_id, { tokens: 5000 })
  t.match(await task(site.task_id), { status: 'succeeded' })
  t.same(await world.verify(), [])
})
