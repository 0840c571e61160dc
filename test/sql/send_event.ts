/** Events from outside: taken by some state, or refused at once. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { CHART, doneItem, goItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task } = looks(world)
const submitter = world.roles.pawl_submitter
const send = (task_id: string, event: unknown) =>
  world.value<string>(
    'select pawl.send_event(task_id => $1, event => $2)',
    [task_id, JSON.stringify(event)],
    submitter,
  )
const inbox = (task_id: string) =>
  world.rows('select * from pawl.events where task_id = $1 order by event_no', [task_id])

t.test('an event waits in the inbox, and a wake-up is enqueued', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  const before = await world.counted()
  const event_no = await send(site.task_id, { type: 'GO', zip: '10001' })
  t.match(await inbox(site.task_id), [
    {
      event_no,
      cause: 'event',
      type: 'GO',
      payload: { type: 'GO', zip: '10001' },
      consumed_revision: null,
      sent_by: await world.value('select session_user::text'),
    },
  ])
  t.match(await task(site.task_id), { status: 'waiting' }, 'whose row nobody touched')
  t.equal(Number((await world.counted())['jobs']) - Number(before['jobs']), 1)
})

t.test('an event that only a later state takes may be sent before', async (t) => {
  const task_id = await world.submit()
  t.ok(await send(task_id, { type: 'GO' }))
})

t.test('a wildcard takes what it takes in XState', async (t) => {
  const task_id = await world.submit()
  for (const type of ['mouse.click', 'mouse.click.left', 'mouse']) {
    t.ok(await send(task_id, { type }))
  }
  for (const type of ['mousetrap', 'go', 'GO.']) {
    t.match(await refused(send(task_id, { type })), { code: 'PW202' })
  }
  await world.register('open', { chart: { ...CHART, takes: ['*'] } })
  t.ok(await send(await world.submit({ machine: 'open' }), { type: 'whatever' }))
})

t.test('what no state ever takes is refused with what the machine takes', async (t) => {
  const task_id = await world.submit()
  const secret = 'Mrs Ada Quill'
  for (const event of [
    { type: 'GONE', secret },
    { secret },
    { type: 7 },
    { type: null },
    ['GO'],
    'GO',
    null,
    { type: 'x'.repeat(5000) },
  ]) {
    const answer = await refused(send(task_id, event))
    t.match(answer, { code: 'PW202', hint: /GO, mouse\.\*\. An event is/, message: /^.{0,130}$/ })
    t.notMatch(answer.whole, secret)
    t.notMatch(answer.hint, /review|pawl/)
  }
  t.same(await inbox(task_id), [])
})

t.test('nobody sends the engine’s own events by hand', async (t) => {
  await world.register('open', { chart: { ...CHART, takes: ['*'] } })
  const task_id = await world.submit({ machine: 'open' })
  for (const type of ['xstate.done.actor.fetch', 'pawl.deadline', 'review.approve', 'budget.x']) {
    t.match(await refused(send(task_id, { type })), { code: 'PW202' })
  }
})

t.test('a task that is over, or not there, takes nothing', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  await world.commit(goItem(site, 2, 0))
  const over = await refused(send(site.task_id, { type: 'GO' }))
  t.match(over, { code: 'PW202', message: /finished/, hint: /./ })
  t.match(await refused(send(worker_id, { type: 'GO' })), { code: 'PW201', hint: /select/ })
})

t.test('an event is there when, and only when, its sender commits', async (t) => {
  const task_id = await world.submit()
  const client = await world.as('pawl_submitter')
  await client.query('begin')
  await client.query(`select pawl.send_event($1, '{"type": "GO"}')`, [task_id])
  t.same(await inbox(task_id), [])
  await client.query('rollback')
  t.same(await inbox(task_id), [])
})

t.test('who works or watches sends nothing', async (t) => {
  const task_id = await world.submit()
  for (const role of ['pawl_worker', 'pawl_reviewer', 'pawl_observer'] as const) {
    const text = `select pawl.send_event($1, '{"type": "GO"}')`
    t.match(await refused(world.roles[role].query(text, [task_id])), { code: '42501' })
  }
})

t.test('an event over 1 MB is refused, and so is one more for an inbox that is full', async (t) => {
  const task_id = await world.submit()
  const send = (event: string) => world.query(`select pawl.send_event($1, ${event})`, [task_id])
  const large = `jsonb_build_object('type', 'GO', 'text', repeat('x', 1048576))`
  t.match(await refused(send(large)), { code: 'PW104', hint: /reference/ })
  await world.query(
    `insert into pawl.events (task_id, cause, type, payload, sent_by, created_at)
     select $1, 'event', 'GO', '{"type": "GO"}', 'test', pawl.clock() from generate_series(1, 1000)`,
    [task_id],
  )
  t.match(await refused(send(`'{"type": "GO"}'`)), { code: 'PW104' })
})
