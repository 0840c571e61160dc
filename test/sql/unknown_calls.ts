/** Sent, and no answer: what may follow is the class of effect's to say. */
import t from 'tap'
import { callsOf, toolCall } from '../fixtures/sql_calls.ts'
import type { Site } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { beginTool, settleTool, taken, budget } = callsOf(world)
const start = async () => world.begun(await world.worker())
const outcomes = async (site: Site) =>
  (
    await world.rows(
      'select purpose, outcome from pawl.tool_calls where task_id = $1 order by call_no',
      [site.task_id],
    )
  ).map((row) => `${row['purpose']} ${row['outcome']}`)

/** Sent by a worker that was lost before the answer came. */
async function lost(kind: string) {
  const site = await start()
  const first = await beginTool(toolCall(site, { class: kind, consequential: true }))
  const next = await taken(site)
  const again = (more: object = {}) =>
    beginTool(toolCall(next, { class: kind, consequential: true, ...more }))
  return { site: next, first, again }
}

t.test('a read is repeated', async (t) => {
  const { site, first, again } = await lost('read')
  t.match(await again(), { answer: 'send', try_no: 2, call_key: first.call_key })
  t.same(await outcomes(site), ['act unknown', 'act null'])
  t.match(await budget(site), { reserved_tool_calls: 1, spent_tool_calls: 1 })
})

t.test('class A is sent again with the same key, and told of the doubt', async (t) => {
  const { first, again } = await lost('A')
  t.match(await again(), { answer: 'send', try_no: 2, call_key: first.call_key, doubt: true })
})

t.test('class B is asked first; what it says happened is the answer', async (t) => {
  const { site, first, again } = await lost('B')
  t.match(await again(), { answer: 'reconcile', call_key: first.call_key, request: { amount: 5 } })
  const asking = await again({ purpose: 'reconcile' })
  t.match(asking, { answer: 'send' })
  t.not(asking.call_key, first.call_key)
  await settleTool(site, asking.call_no, 'found', { value: { id: 9 } })
  t.match(await again(), { answer: 'answered', outcome: 'found', value: { id: 9 } })
  t.same(await outcomes(site), ['act unknown', 'reconcile found'])
})

t.test('class B that did not happen is sent again without a doubt', async (t) => {
  const { site, first, again } = await lost('B')
  const asking = await again({ purpose: 'reconcile' })
  await settleTool(site, asking.call_no, 'empty')
  const sent = await again()
  t.match(sent, { answer: 'send', call_key: first.call_key, doubt: false })
  await settleTool(site, sent.call_no, 'unknown')
  t.match(await again(), { answer: 'reconcile' }, 'and asked again when that one is lost, too')
  t.match(await again({ purpose: 'reconcile' }), { answer: 'send' })
})

t.test('class B that cannot be asked stays in doubt', async (t) => {
  const { site, again } = await lost('B')
  const asking = await again({ purpose: 'reconcile' })
  await settleTool(site, asking.call_no, 'unknown')
  t.match(await again(), { answer: 'reconcile' })
  const asked = await again({ purpose: 'reconcile' })
  await settleTool(site, asked.call_no, 'failed', { error: { message: 'x', retryable: false } })
  t.match(await again(), { answer: 'reconcile' })
})

t.test('class C is sent at most once: that nobody knows is the answer', async (t) => {
  const { site, again } = await lost('C')
  t.match(await again(), { answer: 'answered', outcome: 'unknown', value: null })
  t.match(await again(), { answer: 'answered', outcome: 'unknown' })
  t.same(await outcomes(site), ['act unknown'])
})

t.test(
  'an act that was found once is answered to every later step, and sent by none',
  async (t) => {
    const site = await start()
    const act = { class: 'A', consequential: true, act_no: 1, envelope_no: 1 }
    const planned = { ...act, plan_no: 1, ordinal: 1 }
    await world.query(`select pawl.attach_plan($1, 1, $2)`, [site.task_id, onePlan])
    await world.query(`select pawl.attach_envelope($1, $2, 'agent')`, [site.task_id, envelope])
    const first = await beginTool(toolCall(site, planned))
    t.match(first, { answer: 'send', request: { amount: 5 } })
    await settleTool(site, first.call_no, 'found', { value: 'done' })
    await world.query(
      `insert into pawl.steps (task_id, step_no, actor_id, src, status, attempts, attempts_max,
       opened_revision, opened_at)
     select task_id, 2, actor_id, src, status, 1, attempts_max, 1, opened_at
     from pawl.steps where task_id = $1`,
      [site.task_id],
    )
    await world.query(
      `insert into pawl.attempts select task_id, 2, 1, worker_id, release, started_at
     from pawl.attempts where task_id = $1`,
      [site.task_id],
    )
    t.match(await beginTool(toolCall({ ...site, step_no: 2 }, planned)), {
      answer: 'answered',
      outcome: 'found',
      value: 'done',
    })
  },
)

const onePlan = {
  plan_no: 1,
  parent_plan_no: null,
  reason: 'r',
  thought: '',
  steps: [{ ordinal: 1, act_no: 1, tool: 'post', args: {}, expected: {}, carried: false }],
}
const envelope = { act_no: 1, plan_no: 1, tool: 'post', tool_version: '1', args: { amount: 5 } }

t.test('an act succeeds once, whoever says it did', async (t) => {
  const site = await start()
  await world.query(`select pawl.attach_plan($1, 1, $2)`, [site.task_id, onePlan])
  const act = { consequential: true, act_no: 1, plan_no: 1, ordinal: 1, class: 'A' }
  const one = await beginTool(toolCall(site, act))
  const two = await beginTool(toolCall(site, { ...act, position: 1 }))
  await settleTool(site, one.call_no, 'found')
  await t.rejects(settleTool(site, two.call_no, 'found'), { constraint: /act/, code: '23505' })
})

t.test(
  'a call whose step ended without its answer is settled as unknown by the sweep',
  async (t) => {
    await world.query(`select pawl.open_pool('shared', 1000000)`)
    const site = await world.begun(await world.worker(), { budget: '{"pool": "shared"}' })
    await beginTool(toolCall(site))
    await world.query(
      `update pawl.steps set status = 'failed', closed_at = pawl.clock() where task_id = $1`,
      [site.task_id],
    )
    const orphans = () =>
      world.value<string>('select orphans from pawl.sweep()', [], world.roles.pawl_worker)
    t.equal(await orphans(), '0', 'its answer may still be on the way')
    await world.tick(6000)
    const holder = await world.as()
    for (const [held, why] of [
      ['pawl.tool_calls where task_id = $1', 'somebody is settling it'],
      ['pawl.budgets where task_id = $1', 'somebody holds its budget'],
      [`pawl.budget_pools where pool = 'shared' and $1 <> ''`, 'somebody holds its pool'],
    ] as const) {
      await holder.query('begin')
      await holder.query(`select from ${held} for update`, [site.task_id])
      t.equal(await orphans(), '0', `${why}, and the sweep does not wait`)
      await holder.query('rollback')
      await world.tick(5000)
    }
    t.equal(await orphans(), '1')
    t.same(await outcomes(site), ['act unknown'])
    t.match(await budget(site), { reserved_tool_calls: 0, spent_tool_calls: 1 })
    t.equal(await orphans(), '0')
  },
)
