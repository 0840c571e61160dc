/** The look-out for lost wake-ups: what it finds, and that it looks at a page of tasks a tick. */
import t from 'tap'
import { doneItem, goItem, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task } = looks(world)
const worker = world.roles.pawl_worker
const wake = () =>
  world.value<string>(`select pawl.wake_forgotten(interval '30 seconds')`, [], world.sql)
const loseJobs = () => world.query('delete from graphile_worker._private_jobs')
const send = (task_id: string) =>
  world.query(`select pawl.send_event($1, '{"type": "mouse.up"}')`, [task_id])
const park = (site: Site, status: string, event_nos: number[], revision = 2) =>
  worker.query('select pawl.park_task($1, $2, $3, $4)', [site.task_id, revision, status, event_nos])
const inbox = (task_id: string) =>
  world.rows<{ event_no: string; seen_revision: string | null }>(
    'select event_no, seen_revision from pawl.events where task_id = $1 order by 1',
    [task_id],
  )
const waiting = async (status = 'waiting') => {
  const site = await world.begun(await world.worker())
  await world.commit(doneItem(site, { status }))
  return site
}
const isIdle = () =>
  world.value('select pawl.is_idle(array(select machine_id from pawl.machines))', [], worker)

t.test('an event that nobody has looked at is not forgotten, whatever its task is', async (t) => {
  for (const status of ['waiting', 'review']) {
    const site = await waiting(status)
    const { task_id } = site
    await send(task_id)
    await loseJobs()
    await world.tick(29_000)
    t.equal(await wake(), '0', 'it may still be on its way')
    t.match(await task(task_id), { status })
    await world.tick(2000)
    t.equal(await wake(), '1')
    t.match(await task(task_id), { status: 'ready' })
    await world.query('delete from pawl.events where task_id = $1', [task_id])
    await park(site, status, [])
  }
})

t.test('a step beside another that is in hand for hours is not forgotten', async (t) => {
  const worker_id = await world.worker()
  const task_id = await world.submit()
  const open_steps = [newStep(1, true), newStep(2)]
  t.same(await world.commit(startItem(task_id, worker_id, { open_steps })), ['accepted'])
  await loseJobs()
  await world.tick(29_000)
  t.equal(await wake(), '0')
  await world.tick(2000)
  t.equal(await wake(), '1')
  await loseJobs()
  t.equal(
    await world.value(`select pawl.claim_step($1, 2, $2, 'r')`, [task_id, worker_id], worker),
    1,
  )
  await world.tick(31_000)
  t.equal(await wake(), '0', 'both are in hand')
  await world.query('delete from graphile_worker._private_jobs')
  await worker.query('select pawl.stop_worker($1)', [worker_id])
  await loseJobs()
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [task_id])
})

t.test('one that was looked at and left keeps nobody busy, until the task has moved', async (t) => {
  const site = await waiting()
  await loseJobs()
  await send(site.task_id)
  await send(site.task_id)
  t.equal(await isIdle(), false, 'somebody must look')
  const [first, second] = (await inbox(site.task_id)).map((it) => Number(it.event_no))
  await park(site, 'waiting', [first ?? 0])
  t.same(
    (await inbox(site.task_id)).map((it) => it.seen_revision),
    ['2', null],
    'what came after the look was not seen',
  )
  await loseJobs()
  t.equal(await isIdle(), false)
  await world.tick(31_000)
  t.equal(await wake(), '1', 'and is not forgotten')
  await park(site, 'waiting', [first ?? 0, second ?? 0])
  await loseJobs()
  t.equal(await isIdle(), true)
  await world.tick(31_000)
  t.equal(await wake(), '0')
  await world.query('update pawl.events set seen_revision = 1 where task_id = $1', [site.task_id])
  t.equal(await isIdle(), false, 'another state may take it')
  await world.tick(1000)
  t.equal(await wake(), '1')
  await world.query('delete from pawl.events where task_id = $1', [site.task_id])
  await park(site, 'waiting', [])
})

t.test(
  'an action that waits for its next attempt is no rest, though its task has ended',
  async (t) => {
    const site = await waiting()
    await loseJobs()
    t.equal(await isIdle(), true)
    const act = newStep(2, false, { kind: 'action' })
    t.same(await world.commit(goItem(site, 2, 0, { open_steps: [act] })), ['accepted'])
    await loseJobs()
    t.match(await task(site.task_id), { status: 'succeeded' })
    t.equal(await isIdle(), false)
    t.equal(
      await world.value('select pawl.is_idle(array[-1::bigint])', [], worker),
      true,
      'to others',
    )
    const worker_id = await world.worker()
    await world.value(`select pawl.claim_step($1, 2, $2, 'r')`, [site.task_id, worker_id], worker)
    t.equal(await isIdle(), false, 'while it is in hand')
    await world.value(`select pawl.end_action($1, 2, 1, 'succeeded', null, null)`, [site.task_id])
    t.equal(await isIdle(), true)
  },
)

t.test('a wake-up that is under way is no rest', async (t) => {
  await loseJobs()
  t.equal(await isIdle(), true)
  const { task_id } = await waiting()
  await loseJobs()
  t.equal(await isIdle(), true, 'it waits from outside')
  await world.query('select pawl.enqueue(array[$1::uuid])', [task_id])
  t.equal(await isIdle(), false)
  await world.query('update graphile_worker._private_jobs set attempts = max_attempts')
  t.equal(await isIdle(), true, 'a job that has failed for good wakes nobody')
  await loseJobs()
})

t.test('a pause that ended without anybody noticing is noticed', async (t) => {
  const site = await world.begun(await world.worker())
  await loseJobs()
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 700)`, [site.task_id])
  t.match(await task(site.task_id), { status: 'waiting' })
  await world.tick(30_000)
  t.equal(await wake(), '0')
  await world.tick(1000)
  t.equal(await wake(), '1')
})

t.test('a tick looks at a thousand tasks, and the next one goes on from there', async (t) => {
  await world.query(
    `insert into pawl.tasks (machine, input) select 'errand', '{"n": 1}' from generate_series(1, 2300)`,
  )
  await loseJobs()
  await world.tick(31_000)
  const woken: number[] = []
  for (let n = 0; n < 4; n++) {
    woken.push(Number(await wake()))
    await loseJobs()
    t.equal(await wake(), '0', 'and a second look at the same time is none')
    await world.tick(500)
  }
  t.equal(
    woken.reduce((sum, it) => sum + it),
    2301,
  )
  t.ok(Math.max(...woken) <= 1000, woken.join())
  t.equal(Number(await wake()), 0, 'each was woken once')
})

t.test('one worker at a time looks, and nobody waits for it', async (t) => {
  await world.tick(31_000)
  const other = await world.as()
  await other.query('begin')
  t.not((await other.query(`select pawl.wake_forgotten('30 seconds')`)).rows[0].wake_forgotten, '0')
  t.equal(await wake(), '0')
  await other.query('rollback')
  t.not(await wake(), '0')
})

t.test('a free step is found though its task waits for the pause of another one', async (t) => {
  const worker_id = await world.worker()
  const task_id = await world.submit()
  const open_steps = [newStep(1, true), newStep(2, false)]
  await world.commit(startItem(task_id, worker_id, { open_steps }))
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 3600000)`, [task_id])
  t.match(await task(task_id), { status: 'waiting' })
  await loseJobs()
  await world.tick(31_000)
  await wake()
  const [woken] = await world.rows(
    'select from graphile_worker._private_jobs where payload::jsonb ? $1',
    [task_id],
  )
  t.ok(woken)
})
