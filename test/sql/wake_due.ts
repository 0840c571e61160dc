/** Timers and pauses, by the database's clock. */
import t from 'tap'
import { doneItem, EDGE, goItem, type Site } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps } = looks(world)
const worker = world.roles.pawl_worker
const due = () => world.value<string>('select done from pawl.dispatch()', [], worker)
const next_ms = () => world.value<number>('select next_ms from pawl.dispatch()', [], worker)
const inbox = (task_id: string) =>
  world.rows('select cause, type, sent_by from pawl.events where task_id = $1 order by event_no', [
    task_id,
  ])
const jobs = async () => Number((await world.counted())['jobs'])
const timed = async (...delays: number[]) => {
  const site: Site = await world.begun(worker_id)
  const set_timers = delays.map((delay_ms) => ({
    timer_id: `t${delay_ms}`,
    delay_ms,
    event: { type: `after${delay_ms}` },
  }))
  await world.commit(doneItem(site, { set_timers }))
  return site
}

t.test('a timer fires when it is due, not before, and once', async (t) => {
  const { task_id } = await timed(1000, 2000)
  await world.tick(999)
  t.equal(await due(), '0')
  t.match(await task(task_id), { status: 'waiting' })
  await world.tick(1)
  const before = await jobs()
  t.equal(await due(), '1')
  t.same(await inbox(task_id), [{ cause: 'timer', type: 'after1000', sent_by: 'timer' }])
  t.match(await task(task_id), { status: 'waiting' }, 'whose row nobody touched')
  t.equal(await jobs(), before + 1)
  t.equal(await due(), '0')
  await world.tick(5000)
  t.equal(await due(), '1')
  t.equal((await inbox(task_id)).length, 2)
})

t.test('a pause that is over leaves its step free', async (t) => {
  const { task_id } = await world.begun(worker_id)
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 700)`, [task_id])
  t.match(await steps(task_id), [{ waits_for: 'retry' }])
  await world.tick(700)
  t.equal(await due(), '1')
  t.equal(await due(), '0')
  const [loaded] = await world.rows('select open_steps from pawl.load_tasks(array[$1::uuid])', [
    task_id,
  ])
  t.match(loaded?.['open_steps'], [{ step_no: 1, free: true }])
  const claim = 'select pawl.claim_step($1, 1, $2, $3)'
  t.equal(await world.value(claim, [task_id, worker_id, 'r'], worker), 2)
  t.match(await steps(task_id), [{ waits_for: null, wake_at: null }])
})

t.test('a task whose row somebody holds has its timers fired all the same', async (t) => {
  const { task_id } = await timed(100)
  await world.tick(100)
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for no key update', [task_id])
  t.equal(await due(), '1')
  t.equal((await inbox(task_id)).length, 1)
  await holder.query('rollback')
})

t.test('a commit that leaves the state takes back the timer that fires just now', async (t) => {
  const site = await timed(100)
  await world.tick(100)
  const firing = await world.as('pawl_worker')
  await firing.query('begin')
  await firing.query('select pawl.dispatch()')
  const answer = world.commit(goItem(site, 2, 0, { remove_timers: ['t100'] }))
  await world.waiting()
  await firing.query('commit')
  t.same(await answer, ['accepted'])
  t.same(await inbox(site.task_id), [])
})

t.test('a timer set again while it fires counts from then', async (t) => {
  const { task_id, worker_id } = await world.begun(await world.worker())
  const set = (delay_ms: number) => ({
    set_timers: [{ timer_id: 'same', delay_ms, event: { type: 'same' } }],
  })
  await world.commit(doneItem({ task_id, step_no: 1, attempt: 1, worker_id }, set(100)))
  await world.tick(100)
  const firing = await world.as('pawl_worker')
  await firing.query('begin')
  await firing.query('select pawl.dispatch()')
  const [edge_no, to_state] = [EDGE.again, 'calling']
  const transition = { cause: 'engine', cause_no: null, event: 'pawl.deadline', edge_no, to_state }
  const again = { transition, state: to_state, status: 'waiting', output: null, ...set(900) }
  const answer = world.commit(goItem({ task_id, step_no: 1, attempt: 1, worker_id }, 2, 0, again))
  await world.waiting()
  await firing.query('commit')
  t.same(await answer, ['accepted'])
  t.same(await inbox(task_id), [])
  await world.tick(900)
  t.equal(await due(), '1')
})

t.test('a tick says when to come again: when something is due, or in a second', async (t) => {
  await world.query('delete from pawl.timers')
  t.equal(await next_ms(), 1000)
  await timed(5000)
  t.equal(await next_ms(), 1000)
  await timed(400)
  t.equal(await next_ms(), 400)
  await world.tick(399)
  t.equal(await next_ms(), 1)
  await world.query(
    `insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
     select gen_random_uuid(), 'x', pawl.clock(), '{"type": "x"}', 1 from generate_series(1, 1200)`,
  )
  const ticks = [await due(), await next_ms(), await due(), await next_ms()]
  t.same(ticks, ['500', 0, '200', 1], 'five hundred a tick')
  await world.query('delete from pawl.timers')
})

t.test('one worker does what is due, and another one is sent away for a moment', async (t) => {
  await timed(100)
  await world.tick(100)
  const other = await world.as('pawl_worker')
  await other.query('begin')
  t.match((await other.query('select * from pawl.dispatch()')).rows, [{ done: '1' }])
  const [seen] = (await worker.query('select * from pawl.dispatch()')).rows
  t.match(seen, { done: '0', next_ms: 50 })
  await other.query('rollback')
  t.equal(await due(), '1', 'and finds it again, where the first one did not come to an end')
})

t.test('a task that may not begin yet waits among the timers, not among the jobs', async (t) => {
  const before = await jobs()
  const run_at = await world.value("select pawl.clock() + interval '1 hour'")
  const task_id = await world.submit({ run_at })
  t.equal(await jobs(), before)
  await world.tick(3_599_999)
  t.equal(await next_ms(), 1)
  await world.tick(1)
  t.equal(await due(), '1')
  t.equal(await jobs(), before + 1)
  t.match(await task(task_id), { status: 'ready' })
  t.same(await inbox(task_id), [])
})

t.test('a million sleeping timers cost a tick nothing', async (t) => {
  await world.query(
    `insert into pawl.timers (task_id, timer_id, kind, fire_at, set_revision)
     select gen_random_uuid(), 'pawl.start', 'start', pawl.clock() + n * interval '1 second', 1
     from generate_series(10, 1000009) as n`,
  )
  const times: number[] = []
  for (let n = 0; n < 30; n++) {
    const begun = performance.now()
    t.equal(await next_ms(), 1000)
    times.push(performance.now() - begun)
  }
  const median = times.toSorted((a, b) => a - b)[15] ?? 99
  t.ok(median < 5, `a tick takes ${median.toFixed(1)} ms`)
  await world.query('truncate pawl.timers')
})

t.test('a task that has ended has no timers left to fire', async (t) => {
  const site = await timed(100)
  await world.commit(goItem(site, 2, 0))
  await world.tick(100)
  t.equal(await due(), '0')
  t.same(await inbox(site.task_id), [])
})

t.test('a deadline fires as the event that the machine takes', async (t) => {
  const { task_id } = await world.begun(worker_id, { budget: '{"wall_clock_ms": 1000}' })
  await world.tick(1000)
  t.equal(await due(), '1')
  t.match(await inbox(task_id), [{ cause: 'timer', type: 'pawl.deadline' }])
})

t.test('what is due and somebody else holds is not asked for again at once', async (t) => {
  const { task_id } = await timed(1000)
  await world.tick(1000)
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.timers where task_id = $1 for update', [task_id])
  t.ok((await next_ms()) >= 50)
  await holder.query('rollback')
  t.equal(await due(), '1')
})
