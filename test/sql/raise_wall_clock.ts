/** Whoever is given more time is told when it is over, whatever became of the time before. */
import t from 'tap'
import { actsOf } from '../fixtures/sql_acts.ts'
import { CHART, doneItem, EDGE, goItem, type Site, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { decide } = actsOf(world)
const retried = {
  edge_no: CHART.edges.length,
  from_state: 'calling',
  event: 'pawl.retried',
  to_state: 'calling',
  kind: 'engine',
}
await world.register('errand', { chart: { ...CHART, edges: [...CHART.edges, retried] } })
const worker_id = await world.worker(['errand:2'])
const raise = (task_id: string, wall_clock_ms: number) =>
  world.roles.pawl_reviewer.query(`select pawl.raise_budget($1, $2, by => 'reviewer 7')`, [
    task_id,
    { wall_clock_ms },
  ])
const wake = () => world.query('select pawl.wake_due()')

/** Seconds left by the budget and by the timer; null: there is none, or it stands still. */
const left = async (task_id: string) => {
  const rows = await world.rows<{ budget: number | null; timer: number | null }>(
    `select extract(epoch from b.deadline_at - pawl.clock())::integer as budget,
       extract(epoch from nullif(m.fire_at, 'infinity') - pawl.clock())::integer as timer
     from pawl.budgets as b
     left join pawl.timers as m on m.task_id = b.task_id and m.timer_id = 'pawl.deadline'
     where b.task_id = $1`,
    [task_id],
  )
  return [rows[0]?.budget, rows[0]?.timer]
}

/** Nobody caught its error, and it can be retried. */
async function stop({ task_id }: Site) {
  const transition = {
    cause: 'engine',
    cause_no: null,
    event: 'pawl.stopped',
    edge_no: EDGE.stopped,
    to_state: 'calling',
  }
  const error = { code: 'broken', message: 'it broke' }
  const more = { transition, revision: 1, open_steps: [], stop_steps: [1], status: 'failed', error }
  t.same(await world.commit(startItem(task_id, worker_id, more)), ['accepted'])
}

t.test('a task that had no deadline has one from now on', async (t) => {
  const { task_id } = await world.begun(worker_id)
  await world.tick(5000)
  await raise(task_id, 60_000)
  t.same(await left(task_id), [60, 60])
})

t.test('one that has not begun has it from its beginning on', async (t) => {
  const task_id = await world.submit()
  await raise(task_id, 60_000)
  t.same(await left(task_id), [null, null])
  await world.tick(5000)
  await world.commit(startItem(task_id, worker_id))
  t.same(await left(task_id), [60, 60])
})

t.test('one whose deadline is over has another', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  await world.tick(15_000)
  await wake()
  t.same(await left(site.task_id), [-5, null])
  await raise(site.task_id, 10_000)
  const unread = `select count(*)::integer from pawl.events where task_id = $1 and consumed_revision is null`
  t.same(await left(site.task_id), [-5, null], 'nothing came to it')
  t.equal(await world.value(unread, [site.task_id]), 1)
  await raise(site.task_id, 40_000)
  t.same(await left(site.task_id), [25, 25])
  t.equal(await world.value(unread, [site.task_id]), 0)
})

t.test('while it is paused, or a person thinks, the new clock stands still, too', async (t) => {
  const paused = await world.begun(worker_id)
  const asked = await world.begun(worker_id)
  const review = { kind: 'escalation', question: 'What now?', choices: ['answer'] }
  await world.commit(doneItem(asked, { status: 'review', attach: { review } }))
  await world.query('select pawl.pause_task($1)', [paused.task_id])
  await world.tick(10_000)
  for (const { task_id } of [paused, asked]) {
    await raise(task_id, 60_000)
    t.same(await left(task_id), [50, null])
  }
  await world.tick(5000)
  await world.query('select pawl.resume_task($1)', [paused.task_id])
  await decide(asked, 'answer', { answer: 'so' })
  for (const { task_id } of [paused, asked]) t.same(await left(task_id), [60, 60])
})

t.test('one that was stopped by an error has more left when it is retried', async (t) => {
  const bare = await world.begun(worker_id)
  const clocked = await world.begun(worker_id, { budget: '{"wall_clock_ms": 10000}' })
  await world.tick(4000)
  for (const site of [bare, clocked]) await stop(site)
  for (const [{ task_id }, seconds] of [
    [bare, 30],
    [clocked, 26],
  ] as const) {
    await raise(task_id, 30_000)
    await world.tick(60_000)
    await world.query('select pawl.retry_task($1)', [task_id])
    t.same(await left(task_id), [seconds, seconds])
  }
  t.same(await world.verify(), [])
})

t.test('one that has ended for good has none', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  await world.commit(goItem(site, 2, 0))
  await raise(site.task_id, 30_000)
  t.match(await left(site.task_id), [30, null])
})

t.test('a move because of a deadline that was put off meanwhile is none any more', async (t) => {
  const site = await world.begun(worker_id, { budget: '{"wall_clock_ms": 1000}' })
  await world.commit(doneItem(site))
  await world.tick(1500)
  await wake()
  const [told] = await world.rows<{ event_no: number }>(
    `select event_no::integer from pawl.events where task_id = $1 and type = 'pawl.deadline'`,
    [site.task_id],
  )
  await raise(site.task_id, 3_600_000)
  const item = goItem(site, 2, told?.event_no ?? 0)
  const transition = { ...Object(item['transition']), cause: 'timer' }
  t.same(await world.commit({ ...item, transition }), ['deferred'])
})
