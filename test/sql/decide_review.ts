/** A person's decision: one of the choices, made once, and the task goes on. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { actsOf, registerClerk } from '../fixtures/sql_acts.ts'
import { callsOf } from '../fixtures/sql_calls.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await registerClerk(world)
const { planned, ask, assess, decide, review, call } = actsOf(world)
const { beginTool, settleTool } = callsOf(world)
const { task } = looks(world)
const SECRET = 'Mrs Ada Quill'
const asked = async (more: object = {}) => {
  const site = await planned()
  await ask(site, more)
  return site
}
const escalation = { kind: 'escalation', choices: ['approve', 'answer', 'reject'], act_no: null }
const inbox = (task_id: string) =>
  world.rows('select cause, type, payload from pawl.events where task_id = $1 order by event_no', [
    task_id,
  ])

t.test('the question waits in the queue with what is needed to answer it', async (t) => {
  const site = await asked()
  await assess(site, 0.4, { decision: 'review' })
  const { rows } = await world.roles.pawl_reviewer.query(
    'select * from pawl.review_queue where task_id = $1',
    [site.task_id],
  )
  t.match(rows, [
    {
      review_no: 1,
      machine: 'clerk',
      kind: 'action',
      tool: 'post',
      args: { amount: 5 },
      raw_confidence: 0.4,
      input: { n: 1 },
      choices: ['approve', 'edit', 'reject'],
    },
  ])
  await decide(site, 'approve')
  const queue = 'select count(*)::integer from pawl.review_queue where task_id = $1'
  t.equal(await world.value(queue, [site.task_id]), 0)
})

t.test('a decision is stored with who made it, and becomes an event of the task', async (t) => {
  const site = await asked()
  await decide(site, 'approve', { note: 'looks right' })
  t.match(await review(site), {
    status: 'decided',
    decision: 'approve',
    decided_by: 'reviewer 7',
    decided_role: await world.value('select session_user::text'),
    note: 'looks right',
  })
  t.match(await inbox(site.task_id), [
    { cause: 'review', payload: { type: 'review.approve', review_no: 1, note: 'looks right' } },
  ])
  t.match(await task(site.task_id), { status: 'ready' })
  const memory = 'select body from pawl.memories where task_id = $1'
  t.match(await world.value(memory, [site.task_id]), /reviewer 7 decided: approve.*looks right/)
})

t.test('an answer travels with its event', async (t) => {
  const site = await asked(escalation)
  await decide(site, 'answer', { answer: { zip: '10001' } })
  t.match(await inbox(site.task_id), [
    { payload: { type: 'review.answer', answer: { zip: '10001' } } },
  ])
})

t.test('an edit is the act’s next envelope', async (t) => {
  const site = await asked()
  await decide(site, 'edit', { edit: { amount: 7 } })
  t.match(
    await world.rows(
      'select envelope_no, args, made_by from pawl.envelopes where task_id = $1 order by 1',
      [site.task_id],
    ),
    [
      { envelope_no: 1, args: { amount: 5 }, made_by: 'agent' },
      { envelope_no: 2, args: { amount: 7 }, made_by: 'reviewer 7' },
    ],
  )
})

t.test('an edit that does not fit its tool is told where', async (t) => {
  const site = await asked()
  for (const [edit, at] of [
    [{ amount: 500 }, /amount/],
    [{ amount: SECRET }, /amount/],
    [{}, /amount/],
    [{ amount: 1, more: 1 }, /more/],
    [null, /expected object/],
  ] as const) {
    const answer = await refused(decide(site, 'edit', { edit }))
    t.match(answer, { code: 'PW303', message: at, hint: /all arguments/ })
    t.notMatch(answer.message, SECRET)
  }
  t.match(await review(site), { status: 'waiting' })
})

t.test('no edit while an earlier form of the action may have happened', async (t) => {
  const site = await asked()
  await assess(site, 1)
  const { call_no } = await beginTool(call(site))
  t.match(await refused(decide(site, 'edit', { edit: { amount: 7 } })), { code: 'PW303' })
  await settleTool(site, call_no, 'unknown')
  t.match(await refused(decide(site, 'edit', { edit: { amount: 7 } })), { code: 'PW303' })
})

t.test('a review is decided once; the same decision again does nothing', async (t) => {
  const site = await asked()
  await decide(site, 'edit', { edit: { amount: 7 }, note: SECRET })
  await decide(site, 'edit', { edit: { amount: 7 } })
  t.equal((await inbox(site.task_id)).length, 1)
  for (const [decision, more] of [
    ['reject', {}],
    ['edit', { edit: { amount: 8 } }],
  ] as const) {
    const answer = await refused(decide(site, decision, more))
    t.match(answer, { code: 'PW301', message: /decided already: edit/, hint: /once/ })
    t.notMatch(answer.whole, SECRET)
  }
  t.equal((await inbox(site.task_id)).length, 1)
})

t.test('of two who decide at once one is heard', async (t) => {
  const site = await asked()
  const other = await world.as('pawl_reviewer')
  await other.query('begin')
  await other.query(`select pawl.decide_review($1, 1, 'reject', by => 'reviewer 8')`, [
    site.task_id,
  ])
  const late = refused(decide(site, 'approve'))
  await world.waiting()
  await other.query('commit')
  t.match(await late, { code: 'PW301' })
  t.match(await review(site), { decision: 'reject', decided_by: 'reviewer 8' })
})

t.test('a review that is not there is refused', async (t) => {
  const site = await asked()
  t.match(await refused(decide(site, 'approve', {}, 9)), { code: 'PW302', hint: /review_queue/ })
  t.match(await refused(decide({ ...site, task_id: site.worker_id }, 'approve')), { code: 'PW302' })
})

t.test('a decision that is no choice, or comes with the wrong things, is refused', async (t) => {
  const site = await asked()
  for (const [decision, more, hint] of [
    ['answer', { answer: 'x' }, /approve, edit, reject/],
    ['', {}, /approve/],
    ['x'.repeat(5000), {}, /approve/],
    ['approve', { edit: { amount: 1 } }, /edit =>/],
    ['approve', { answer: 1 }, /answer =>/],
    ['edit', {}, /edit =>/],
  ] as const) {
    const answer = await refused(decide(site, decision, more))
    t.match(answer, { code: 'PW303', hint, message: /^.{0,120}$/ })
  }
  const none = 'select pawl.decide_review($1, 1, null, null)'
  t.match(await refused(world.query(none, [site.task_id])), { code: 'PW303' })
  t.match(await review(site), { status: 'waiting' })
  t.same(await inbox(site.task_id), [])
})

t.test('while a person thinks, the task’s clock stands still', async (t) => {
  const site = await planned({ budget: '{"wall_clock_ms": 10000}' })
  await world.tick(4000)
  await ask(site)
  await world.tick(3_600_000)
  await decide(site, 'approve')
  const left = `select extract(epoch from m.fire_at - pawl.clock())::integer,
    m.fire_at = b.deadline_at as same
    from pawl.timers as m join pawl.budgets as b using (task_id) where m.task_id = $1`
  t.same(await world.rows(left, [site.task_id]), [{ extract: 6, same: true }])
})

t.test('only a reviewer decides', async (t) => {
  const site = await asked()
  for (const role of ['pawl_worker', 'pawl_submitter', 'pawl_observer'] as const) {
    const text = `select pawl.decide_review($1, 1, 'approve', 'me')`
    t.match(await refused(world.roles[role].query(text, [site.task_id])), { code: '42501' })
  }
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
