/** Ground truth: what an assessment was worth, said afterwards by somebody who knows. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { actsOf, registerClerk } from '../fixtures/sql_acts.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await registerClerk(world)
const { planned, assess } = actsOf(world)
const label = (task_id: string, correct: boolean | null, source: string | null, step_no = 1) =>
  world.roles.pawl_reviewer.query(
    'select pawl.label_outcome($1, $2, correct => $3, source => $4)',
    [task_id, step_no, correct, source],
  )

t.test('a label says who says so, and may be corrected', async (t) => {
  const site = await planned()
  await assess(site, 0.9)
  const labelled = () =>
    world.rows(
      `select correct, label_source, labelled_at = pawl.clock() as now
       from pawl.assessments where task_id = $1`,
      [site.task_id],
    )
  t.same(await labelled(), [{ correct: null, label_source: null, now: null }])
  await label(site.task_id, true, 'refund audit')
  t.same(await labelled(), [{ correct: true, label_source: 'refund audit', now: true }])
  await label(site.task_id, false, 'second look')
  t.match(await labelled(), [{ correct: false, label_source: 'second look' }])
})

t.test('what was never assessed cannot be labelled', async (t) => {
  const site = await planned()
  t.match(await refused(label(site.task_id, true, 'audit')), { code: 'PW201', hint: /assessments/ })
  t.match(await refused(label(site.task_id, true, 'audit', 9)), { code: 'PW201' })
})

t.test('a label without a source is no label', async (t) => {
  const site = await planned()
  await assess(site, 0.9)
  for (const [correct, source] of [
    [true, null],
    [null, 'audit'],
  ] as const) {
    t.match(await refused(label(site.task_id, correct, source)), {
      code: '23514',
      constraint: 'a_label_says_where_it_is_from',
    })
  }
})

t.test('a confidence that is no probability is refused by the table', async (t) => {
  for (const confidence of [-0.1, 1.1, Number.NaN]) {
    const site = await planned()
    const text = `select pawl.attach_assessment($1, 1, jsonb_build_object('act_no', 1,
      'envelope_no', 1, 'raw_confidence', $2::text, 'threshold', 0.8, 'decision', 'auto',
      'reason', 'r'))`
    t.match(await refused(world.query(text, [site.task_id, String(confidence)])), {
      code: '23514',
      constraint: 'confidence_is_a_probability',
    })
  }
})

t.test('who works cannot say that it was right', async (t) => {
  const site = await planned()
  await assess(site, 0.9)
  const text = `select pawl.label_outcome($1, 1, true, 'me')`
  t.match(await refused(world.roles.pawl_worker.query(text, [site.task_id])), { code: '42501' })
})
