/** What is consequential is sent only as it was approved, by a person or at the threshold. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { actsOf, registerClerk } from '../fixtures/sql_acts.ts'
import { callsOf } from '../fixtures/sql_calls.ts'
import { plan } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await registerClerk(world)
const { planned, envelope, assess, ask, decide, call } = actsOf(world)
const { beginTool, settleTool } = callsOf(world)
const NOT_APPROVED = { answer: 'refused', reason: 'not_approved' }

t.test('nobody has approved it: it is refused, and the refusal is a row', async (t) => {
  const site = await planned()
  t.match(await beginTool(call(site)), { ...NOT_APPROVED, call_no: 1 })
  await ask(site)
  t.match(await beginTool(call(site)), NOT_APPROVED, 'a question is no answer')
  await decide(site, 'reject')
  t.match(await beginTool(call(site)), NOT_APPROVED)
  const rows = await world.rows(
    'select outcome, approval from pawl.tool_calls where task_id = $1',
    [site.task_id],
  )
  t.same(rows, Array(3).fill({ outcome: 'refused', approval: null }))
  const [budget] = await world.rows(
    'select reserved_tool_calls, spent_tool_calls from pawl.budgets where task_id = $1',
    [site.task_id],
  )
  t.same(budget, { reserved_tool_calls: '0', spent_tool_calls: '0' })
})

t.test('a person’s approval is bound to what the person saw', async (t) => {
  const site = await planned()
  await ask(site)
  await decide(site, 'approve')
  await envelope(site, { args: { amount: 99 } })
  t.match(await beginTool(call(site, { envelope_no: 2, position: 1 })), NOT_APPROVED)
  t.match(await beginTool(call(site, { envelope_no: 3, position: 2 })), {
    code: undefined,
    ...NOT_APPROVED,
  })
})

t.test('what is sent are the approved arguments, whatever the worker remembers', async (t) => {
  const site = await planned()
  await ask(site)
  await decide(site, 'approve')
  const begun = await beginTool(call(site, { request: { amount: 1_000_000 } }))
  t.match(begun, { answer: 'send', request: { amount: 5 } })
  const approval = await world.value('select approval from pawl.tool_calls where task_id = $1', [
    site.task_id,
  ])
  t.match(approval, { by: 'person', review_no: 1, hash: /^[0-9a-f]{64}$/ })
})

t.test('an approval of one tool or version is none of another', async (t) => {
  const site = await planned()
  await ask(site)
  await decide(site, 'approve')
  t.match(await beginTool(call(site, { tool_version: '2' })), NOT_APPROVED)
  const other = { plan_no: null, ordinal: null, tool: 'pay', position: 1 }
  const answer = await beginTool(call(site, other)).catch((error) => error)
  t.not(answer.answer, 'send')
})

t.test('an assessment at its threshold lets it through, one below does not', async (t) => {
  for (const [confidence, more, answer] of [
    [0.8, {}, 'send'],
    [0.79, {}, 'refused'],
    [0.99, { decision: 'review' }, 'refused'],
  ] as const) {
    const site = await planned()
    await assess(site, confidence, more)
    t.match(await beginTool(call(site)), { answer })
    if (answer === 'refused') continue
    const approval = 'select approval from pawl.tool_calls where task_id = $1'
    t.match(await world.value(approval, [site.task_id]), { by: 'threshold', step_no: 1 })
  }
})

t.test('a person’s edit is approved as it was edited, and its key is another', async (t) => {
  const site = await planned()
  await ask(site)
  const key = await world.value('select pawl.call_key($1)', [call(site)])
  await decide(site, 'edit', { edit: { amount: 7 } })
  t.match(await beginTool(call(site)), NOT_APPROVED, 'what was there before the edit')
  const begun = await beginTool(call(site, { envelope_no: 2, position: 1 }))
  t.match(begun, { answer: 'send', request: { amount: 7 } })
  t.not(begun.call_key, key)
})

t.test('an envelope of an older plan is not sent any more', async (t) => {
  const site = await planned()
  await assess(site, 1)
  await world.query('select pawl.attach_plan($1, 1, $2)', [site.task_id, plan(2, 1)])
  t.match(await beginTool(call(site)), NOT_APPROVED)
})

t.test('an envelope is not sent when what it was filled from has changed', async (t) => {
  const hash = await world.value<string>(`select pawl.json_hash('{"id": 1}')`)
  for (const [found, answer] of [
    [{ id: 1 }, 'send'],
    [{ id: 2 }, 'refused'],
  ] as const) {
    const site = await planned()
    const read = { class: 'read', consequential: false, position: 0 }
    const { call_no } = await beginTool(call(site, read))
    await settleTool(site, call_no, 'found', { value: found })
    const second = { act_no: 2, envelope_no: 1 }
    await envelope(site, {
      act_no: 2,
      preconditions: { plan_no: 1, results: { 1: hash, 2: null } },
    })
    await assess(site, 1, second)
    t.match(await beginTool(call(site, { ...second, ordinal: 2, position: 1 })), { answer })
  }
})

t.test('without a plan step there is no call of an agent', async (t) => {
  const site = await planned()
  await assess(site, 1)
  t.match(await refused(beginTool(call(site, { plan_no: null, ordinal: null }))), {
    code: '23514',
    constraint: 'an_agents_call_has_a_plan_step',
  })
  for (const wrong of [{ ordinal: 9 }, { plan_no: 7 }]) {
    t.match(await refused(beginTool(call(site, wrong))), {
      code: '23503',
      constraint: 'a_call_follows_its_plan',
    })
  }
})

t.test('the laws still hold', async (t) => {
  t.same(
    (await world.verify()).filter(({ law }) => law !== 19),
    [],
  )
})
