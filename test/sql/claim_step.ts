/** Attempts: begun by one worker, ended once, and counted only where they count. */
import t from 'tap'
import { type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const mine = await world.worker()
const { task, steps, attempts } = looks(world)
const worker = world.roles.pawl_worker
const claim = (task_id: string, by: string, step_no = 1, client = worker) =>
  world.value<number | null>(
    `select pawl.claim_step(task_id => $1, step_no => $2, worker_id => $3, release => 'r')`,
    [task_id, step_no, by],
    client,
  )
const end = ({ task_id, step_no, attempt }: Site, outcome: string, delay_ms: number) =>
  world.value<boolean>(
    `select pawl.end_attempt(task_id => $1, step_no => $2, attempt => $3, outcome => $4,
       delay_ms => $5, error => '{"message": "m"}')`,
    [task_id, step_no, attempt, outcome, delay_ms],
    worker,
  )
const open = async () => {
  const task_id = await world.submit()
  const open_steps = [{ ...newOpen, claimed: false }]
  await world.commit(startItem(task_id, mine, { open_steps }))
  return task_id
}
const newOpen = { step_no: 1, actor_id: 'fetch', src: 'fetch', input: null, attempts_max: 2 }

t.test('of two workers that want a step one gets it, and the other gets nothing', async (t) => {
  const task_id = await open()
  const other = await world.worker()
  const second = await world.as('pawl_worker')
  // Who finds the row held asks again.
  const insist = async (...claimed: Parameters<typeof claim>) => {
    for (;;) {
      const answer = await claim(...claimed)
      if (answer !== -1) return answer
    }
  }
  const answers = await Promise.all([insist(task_id, mine), insist(task_id, other, 1, second)])
  t.same(answers.sort(), [1, null])
  t.match(await steps(task_id), [{ attempts: 1, losses: 0 }])
  t.equal((await attempts(task_id)).length, 1)
})

t.test('who is buried, stopped or unknown begins nothing', async (t) => {
  const task_id = await open()
  const [buried, stopped] = [await world.worker(), await world.worker()]
  await worker.query('select pawl.bury_worker($1)', [buried])
  await worker.query('select pawl.stop_worker($1)', [stopped])
  for (const by of [buried, stopped, task_id]) t.equal(await claim(task_id, by), null)
  t.match(await steps(task_id), [{ attempts: 0 }])
})

t.test('there is nothing to begin where a task is over, paused or has no such step', async (t) => {
  const task_id = await open()
  t.equal(await claim(task_id, mine, 7), null)
  t.equal(await claim(mine, mine), null)
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [task_id])
  t.equal(await claim(task_id, mine), null)
  await world.query(
    `update pawl.tasks set status = 'cancelled', finished_at = pawl.clock() where task_id = $1`,
    [task_id],
  )
  t.equal(await claim(task_id, mine), null)
})

t.test('a parked attempt counts against nothing, and its step waits for its time', async (t) => {
  const site = { task_id: await open(), step_no: 1, attempt: 1, worker_id: mine }
  for (const attempt of [1, 2, 3, 4]) {
    t.equal(await claim(site.task_id, mine), attempt)
    t.equal(await end({ ...site, attempt }, 'parked', 1000), true)
    t.match(await task(site.task_id), { status: 'waiting' })
    t.equal(await claim(site.task_id, mine), null, 'not before its time')
    await world.tick(1000)
  }
  t.match(await steps(site.task_id), [{ status: 'open', attempts: 4, losses: 4 }])
})

t.test('a failed attempt is followed by another, until there are none left', async (t) => {
  const site = { task_id: await open(), step_no: 1, attempt: 1, worker_id: mine }
  await claim(site.task_id, mine)
  t.equal(await end(site, 'failed', 500), true)
  t.match(await steps(site.task_id), [{ status: 'open', losses: 0, waits_for: 'retry' }])
  await world.tick(500)
  t.equal(await claim(site.task_id, mine), 2)
  t.equal(await end({ ...site, attempt: 2 }, 'failed', 500), true)
  t.match(await steps(site.task_id), [
    { status: 'failed', error: { message: 'm' }, delivered: null },
  ])
  t.match(await task(site.task_id), { status: 'ready' }, 'somebody delivers it')
})

t.test('an attempt handed back leaves its step to the next one at once', async (t) => {
  const site = { task_id: await open(), step_no: 1, attempt: 1, worker_id: mine }
  await claim(site.task_id, mine)
  const before = await world.counted()
  t.equal(await end(site, 'handed_back', 0), true)
  t.match(await steps(site.task_id), [{ status: 'open', attempts: 1, losses: 1, wake_at: null }])
  t.match(await task(site.task_id), { status: 'ready' })
  t.equal(Number((await world.counted())['jobs']) - Number(before['jobs']), 1)
})

t.test('an attempt ends once', async (t) => {
  const site = { task_id: await open(), step_no: 1, attempt: 1, worker_id: mine }
  await claim(site.task_id, mine)
  t.equal(await end(site, 'parked', 1000), true)
  const before = await steps(site.task_id)
  t.equal(await end(site, 'failed', 0), false)
  t.equal(await end({ ...site, attempt: 2 }, 'parked', 1000), false)
  t.same(await steps(site.task_id), before)
  t.match(await attempts(site.task_id), [{ outcome: 'parked' }])
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
