/** What a worker reads before it decides. */
import t from 'tap'
import { doneItem, goItem, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const worker = world.roles.pawl_worker
const { task } = looks(world)
const load = async (...task_ids: string[]) =>
  (await worker.query('select * from pawl.load_tasks(task_ids => $1)', [task_ids])).rows
const send = (task_id: string, type: string) =>
  world.roles.pawl_submitter.query('select pawl.send_event($1, $2)', [task_id, { type }])

t.test('a new task comes with its input and nothing else', async (t) => {
  const task_id = await world.submit({ input: { n: 5 } })
  t.match(await load(task_id), [
    {
      task_id,
      state: '(new)',
      status: 'ready',
      revision: '0',
      input: { n: 5 },
      snapshot: null,
      open_steps: [],
      undelivered: [],
      inbox: [],
      next_step_no: 1,
    },
  ])
})

t.test('open steps say whether they are free, and how often they may be tried', async (t) => {
  const task_id = await world.submit()
  const open_steps = [newStep(1, true), newStep(2), newStep(3, true)]
  await world.commit(startItem(task_id, worker_id, { open_steps }))
  await worker.query(`select pawl.end_attempt($1, 3, 1, 'failed', 5000)`, [task_id])
  const [loaded] = await load(task_id)
  t.match(loaded.open_steps, [
    { step_no: 1, actor_id: 'fetch', free: false, attempts_left: 2 },
    { step_no: 2, free: true, attempts_left: 3 },
    { step_no: 3, free: false, attempts_left: 2 },
  ])
  t.equal(loaded.next_step_no, 4)
  await world.tick(5000)
  t.match((await load(task_id))[0].open_steps[2], { step_no: 3, free: true })
})

t.test('results and events that wait come in their order, and are gone when taken', async (t) => {
  const site = await world.begun(worker_id)
  await send(site.task_id, 'GO')
  await send(site.task_id, 'mouse.click')
  await world.commit({ ...doneItem(site), revision: 0 })
  const [loaded] = await load(site.task_id)
  t.match(loaded.undelivered, [
    { step_no: 1, actor_id: 'fetch', status: 'succeeded', output: { found: 1 } },
  ])
  t.match(loaded.inbox, [
    { cause: 'event', payload: { type: 'GO' } },
    { cause: 'event', payload: { type: 'mouse.click' } },
  ])
  const { step: _, ...delivery } = doneItem(site)
  await world.commit(delivery)
  const again = (await load(site.task_id))[0]
  t.same(again.undelivered, [])
  t.equal(again.inbox.length, 2)
  t.same(await world.commit(goItem(site, 2, again.inbox[0].event_no)), ['accepted'])
  t.same(await load(site.task_id), [], 'a finished task is left out')
})

t.test('what is paused, not due or not there is left out', async (t) => {
  const paused = await world.submit()
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [paused])
  const later = await world.submit({ run_at: new Date(Date.UTC(2100, 1)) })
  const one = await world.submit()
  t.same(
    (await load(paused, later, worker_id, one)).map((row) => row.task_id),
    [one],
  )
  t.same(await load(), [])
})

t.test('a task woken for nothing is parked, unless it has moved or is in hand', async (t) => {
  const site = await world.begun(worker_id)
  const park = (revision: number, status: string) =>
    worker.query('select pawl.park_task($1, $2, $3)', [site.task_id, revision, status])
  await park(1, 'waiting')
  t.match(await task(site.task_id), { status: 'ready' }, 'its step is in hand')
  await world.commit(doneItem(site))
  await worker.query('select pawl.wake_tasks($1)', [[site.task_id]])
  t.match(await task(site.task_id), { status: 'ready' })
  await park(1, 'waiting')
  t.match(await task(site.task_id), { status: 'ready' }, 'it has moved since')
  await park(2, 'review')
  t.match(await task(site.task_id), { status: 'review' })
})

t.test('who is woken is ready, also one that waited for a person, and has a wake-up', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site, { status: 'review' }))
  const before = await world.counted()
  await worker.query('select pawl.wake_tasks($1)', [[site.task_id]])
  t.match(await task(site.task_id), { status: 'ready' })
  t.equal(Number((await world.counted())['jobs']) - Number(before['jobs']), 1)
})

t.test('a task that is over is not woken', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  await world.commit(goItem(site, 2, 0))
  const ended = await task(site.task_id)
  await worker.query('select pawl.wake_tasks($1)', [[site.task_id]])
  t.same(await task(site.task_id), ended)
})
