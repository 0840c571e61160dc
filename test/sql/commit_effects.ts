/** What a commit brings along: steps opened and stopped, timers, clocks, and what a step leaves behind. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { CHART, doneItem, goItem, newStep, plan, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps, attempts } = looks(world)
const timers = (task_id: string) =>
  world.rows(
    `select timer_id, extract(epoch from fire_at - pawl.clock())::integer as seconds, event
     from pawl.timers where task_id = $1 order by timer_id`,
    [task_id],
  )
const timer = (timer_id: string, delay_ms: number) => ({
  timer_id,
  delay_ms,
  event: { type: timer_id },
})

t.test(
  'a step opened and claimed is in hand; one that is not waits for whoever claims it',
  async (t) => {
    const task_id = await world.submit()
    const open_steps = [newStep(1, true), newStep(2, false, { input: { a: 1 } })]
    t.same(await world.commit(startItem(task_id, worker_id, { open_steps })), ['accepted'])
    t.match(await steps(task_id), [
      { step_no: 1, attempts: 1 },
      { step_no: 2, attempts: 0 },
    ])
    t.same(await attempts(task_id), [{ step_no: 1, attempt: 1, outcome: null }])
  },
)

t.test('a stopped step ends its attempt, and its result counts no more', async (t) => {
  const task_id = await world.submit()
  const open_steps = [newStep(1, true), newStep(2, true)]
  await world.commit(startItem(task_id, worker_id, { open_steps }))
  const site = { task_id, worker_id, step_no: 1, attempt: 1 }
  t.same(await world.commit(doneItem(site, { stop_steps: [2] })), ['accepted'])
  t.match(await steps(task_id), [{ status: 'succeeded' }, { status: 'stopped' }])
  t.match(await attempts(task_id), [{ outcome: 'succeeded' }, { outcome: 'stopped' }])
  t.same(await world.commit(doneItem({ ...site, step_no: 2 })), ['fenced'])
})

t.test('a result that waits is taken as delivered when its step is let go', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit({ ...doneItem(site), revision: 0 })
  const { step: _, ...move } = doneItem(site, { stop_steps: [1] })
  await world.commit({ ...move, transition: { ...Object(move['transition']), cause: 'engine' } })
  t.match(await steps(site.task_id), [{ status: 'succeeded', delivered: 2 }])
})

t.test('what is set for the same moment is due in the order in which it was set', async (t) => {
  const site = await world.begun(worker_id)
  const set_timers = ['c', 'a', 'b'].map((timer_id) => timer(timer_id, 5000))
  await world.commit(doneItem(site, { set_timers }))
  const { rows } = await world.query(
    `select string_agg(timer_id, '' order by fire_at, timer_id) as due
     from pawl.timers where task_id = $1`,
    [site.task_id],
  )
  t.same(rows, [{ due: 'cab' }])
})

t.test('timers are set from the database’s clock, set again, and removed', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site, { set_timers: [timer('a', 5000), timer('b', 60_000)] }))
  t.match(await timers(site.task_id), [
    { timer_id: 'a', seconds: 5, event: { type: 'a' } },
    { timer_id: 'b', seconds: 60 },
  ])
  const stays = { transition: undefined, state: 'waiting', status: 'waiting' }
  const again = { set_timers: [timer('a', 9000)], remove_timers: ['b', 'none'] }
  t.same(await world.commit(goItem(site, 2, 0, { ...stays, ...again })), ['accepted'])
  t.match(await timers(site.task_id), [{ timer_id: 'a', seconds: 9 }])
  t.same(await world.commit(goItem(site, 2, 0)), ['accepted'])
  t.same(await timers(site.task_id), [], 'the end removes them all')
})

t.test('the wall clock runs from the first move, not from the insert', async (t) => {
  const budget = '{"wall_clock_ms": 60000}'
  const task_id = await world.submit({ budget })
  await world.tick(30_000)
  await world.commit(startItem(task_id, worker_id))
  t.match(await timers(task_id), [
    { timer_id: 'pawl.deadline', seconds: 60, event: { type: 'pawl.deadline' } },
  ])
  await world.register('tireless', { chart: { ...CHART, takes: ['GO'] } })
  const deaf = await world.submit({ budget, machine: 'tireless' })
  await world.commit(startItem(deaf, worker_id))
  t.same(await timers(deaf), [], 'a machine that does not take it has no timer of it')
  t.ok(await world.value('select deadline_at from pawl.budgets where task_id = $1', [deaf]))
})

t.test(
  'a plan, an envelope, an assessment, a question and memories are stored with the result',
  async (t) => {
    const site = await world.begun(worker_id)
    const attach = {
      plan: plan(1, null),
      envelope: { act_no: 1, plan_no: 1, tool: 'post', tool_version: '1', args: { a: 1 } },
      assessment: {
        act_no: 1,
        envelope_no: 1,
        raw_confidence: 0.4,
        threshold: 0.8,
        decision: 'review',
        reason: 'r',
      },
      review: {
        kind: 'action',
        question: 'May it?',
        context: { a: 1 },
        choices: ['approve', 'reject'],
        act_no: 1,
        envelope_no: 1,
      },
      memories: [{ kind: 'fact', body: 'the sky is blue', act_no: 1 }],
    }
    t.same(await world.commit({ ...doneItem(site, { attach }), revision: 0 }), ['deferred'])
    const { rows } = await world.roles.pawl_observer.query(
      `select e.hash = pawl.envelope_hash(to_jsonb(e)) as hashed, e.envelope_no, e.made_by,
       a.envelope_hash = e.hash as assessed, r.envelope_hash = e.hash as asked, r.status,
       m.body, m.step_no, s.tool
     from pawl.envelopes as e
     join pawl.assessments as a using (task_id)
     join pawl.reviews as r using (task_id)
     join pawl.memories as m using (task_id)
     join pawl.plan_steps as s using (task_id)
     where e.task_id = $1`,
      [site.task_id],
    )
    t.same(rows, [
      {
        hashed: true,
        envelope_no: 1,
        made_by: 'agent',
        assessed: true,
        asked: true,
        status: 'waiting',
        body: 'the sky is blue',
        step_no: 1,
        tool: 'post',
      },
    ])
  },
)

t.test('a plan made anew is charged, and refused by the table beyond the cap', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"replans": 1}' })
  const left = () =>
    world.value<number>('select replans_left::integer from pawl.load_agent($1)', [site.task_id])
  await world.query('select pawl.attach_plan($1, 1, $2)', [site.task_id, plan(1, null)])
  t.equal(await left(), 1)
  await world.query('select pawl.attach_plan($1, 1, $2)', [site.task_id, plan(2, 1)])
  t.equal(await left(), 0)
  t.match(
    await refused(world.query('select pawl.attach_plan($1, 1, $2)', [site.task_id, plan(3, 2)])),
    { code: '23514', constraint: 'replans_fit_the_cap' },
  )
})

t.test('a task that ends takes its open questions along', async (t) => {
  const site = await world.begun(worker_id)
  const review = { kind: 'escalation', question: 'What now?', choices: ['answer'] }
  await world.commit(doneItem(site, { attach: { review } }))
  await world.commit(goItem(site, 2, 0))
  const [row] = await world.rows(
    'select status, decision, decided_at = pawl.clock() as now from pawl.reviews where task_id = $1',
    [site.task_id],
  )
  t.same(row, { status: 'withdrawn', decision: null, now: true })
  t.match(await task(site.task_id), { status: 'succeeded' })
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
