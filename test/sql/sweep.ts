/** What is left behind: by silent workers, by lost wake-ups, by steps that ended without an answer. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { doneItem, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task, steps, attempts } = looks(world)
const worker = world.roles.pawl_worker
const sweep = async () => (await worker.query('select * from pawl.sweep()')).rows[0]
const beat = (id: string) => world.value<boolean>('select pawl.beat_worker($1)', [id], worker)
const jobs = async () => Number((await world.counted())['jobs'])
const NOTHING = { buried: '0', woken: '0', orphans: '0' }

t.test('who gives a sign of life within the lease is not buried', async (t) => {
  const alive = await world.worker()
  await world.tick(4400)
  t.match(await sweep(), { buried: '0' })
  t.equal(await beat(alive), true)
  await world.tick(4400)
  t.match(await sweep(), { buried: '0' })
  await world.tick(200)
  t.match(await sweep(), { buried: '1' })
  t.equal(await beat(alive), false)
})

t.test(
  'a silent worker’s attempts are lost, its steps run again, its tasks are woken',
  async (t) => {
    const dead = await world.worker()
    const sites = [await world.begun(dead), await world.begun(dead)]
    const before = await jobs()
    await world.tick(5000)
    t.match(await sweep(), { buried: '1' })
    for (const { task_id } of sites) {
      t.same(await attempts(task_id), [{ step_no: 1, attempt: 1, outcome: 'lost' }])
      t.match(await steps(task_id), [{ status: 'open', attempts: 1, losses: 1 }])
      t.match(await task(task_id), { status: 'ready' })
    }
    t.equal(await jobs(), before + 1, 'one wake-up for both')
    t.match(await sweep(), NOTHING)
  },
)

t.test('jobs that a dead worker had locked are free again', async (t) => {
  const dead = await world.worker()
  await worker.query(`select pawl.name_pool($1, 'pool-1')`, [dead])
  await world.submit()
  await world.query(
    `update graphile_worker._private_jobs
     set locked_by = 'pool-1', locked_at = pawl.clock(), attempts = 1`,
  )
  await worker.query('select pawl.bury_worker($1)', [dead])
  const locked =
    'select count(*)::integer from graphile_worker._private_jobs where locked_by is not null'
  t.equal(await world.value(locked), 0)
})

t.test(
  'jobs locked by nobody who lives are free again, and nobody else’s are touched',
  async (t) => {
    const alive = await world.worker()
    await worker.query(`select pawl.name_pool($1, 'pool-living')`, [alive])
    await world.query('delete from graphile_worker._private_jobs')
    for (const pool of ['pool-living', 'pool-of-nobody']) {
      await world.submit()
      await world.query(
        `update graphile_worker._private_jobs set locked_by = $1, locked_at = pawl.clock(), attempts = 1
       where locked_by is null`,
        [pool],
      )
    }
    await world.query(`select graphile_worker.add_job('somebodys_mail')`)
    await world.query(
      `update graphile_worker._private_jobs set locked_by = 'another', locked_at = pawl.clock()
     where locked_by is null`,
    )
    const locked = () =>
      world.rows(
        `select locked_by from graphile_worker._private_jobs
       where locked_by is not null order by locked_by`,
      )
    for (let seconds = 0; seconds < 28; seconds += 4) {
      await world.tick(4000)
      await beat(alive)
      await sweep()
    }
    t.equal((await locked()).length, 3, 'whoever locked them may only be late')
    await world.tick(4000)
    await beat(alive)
    await world.tick(4000)
    await sweep()
    t.same(await locked(), [{ locked_by: 'another' }, { locked_by: 'pool-living' }])
  },
)

t.test('each worker has a lease of its own', async (t) => {
  const patient = randomUUID()
  await worker.query(
    `select pawl.start_worker($1, 'r', 'host', 1, '{}', 10, lease => '1 minute')`,
    [patient],
  )
  await world.tick(50_000)
  await sweep()
  t.equal(await beat(patient), true)
  await world.tick(61_000)
  await sweep()
  t.equal(await beat(patient), false)
})

t.test('of all workers one ticks in each period', async (t) => {
  const take = () => world.value(`select pawl.take_tick('a loop', '1 second')`, [], worker)
  t.same([await take(), await take()], [true, false])
  await world.tick(999)
  t.equal(await take(), false)
  await world.tick(1)
  const other = await world.as('pawl_worker')
  await other.query('begin')
  await other.query(`select pawl.take_tick('a loop', '1 second')`)
  t.equal(await take(), false, 'nobody waits for the other')
  await other.query('rollback')
  t.equal(await take(), true, 'a tick that came to nothing is taken by the next')
})

t.test('what was begun long after the burial is found, too', async (t) => {
  const zombie = await world.worker()
  await worker.query('select pawl.bury_worker($1)', [zombie])
  await world.tick(120_000)
  const { task_id } = await world.begun(await world.worker())
  await world.query('update pawl.attempts set worker_id = $2 where task_id = $1', [task_id, zombie])
  await world.tick(21_000)
  await sweep()
  t.match(await attempts(task_id), [{ outcome: 'lost' }])
})

t.test('a worker buried twice is buried once', async (t) => {
  const dead = await world.worker()
  await world.begun(dead)
  const bury = () => world.value<string>('select pawl.bury_worker($1)', [dead], worker)
  t.equal(await bury(), '1')
  t.equal(await bury(), '0')
  t.equal(await world.value('select pawl.stop_worker($1)', [dead], worker), '0')
})

t.test('who stops hands back what was in hand, and it counts against nothing', async (t) => {
  const leaving = await world.worker()
  const site = await world.begun(leaving)
  t.equal(await world.value('select pawl.stop_worker($1)', [leaving], worker), '1')
  t.match(await attempts(site.task_id), [{ outcome: 'handed_back' }])
  t.match(await steps(site.task_id), [{ status: 'open', losses: 1 }])
  t.equal(await beat(leaving), false)
})

t.test('what somebody holds just now is recovered by a later tick, the rest at once', async (t) => {
  const dead = await world.worker()
  const [held, free] = [await world.begun(dead), await world.begun(dead)]
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for update', [held.task_id])
  await worker.query('select pawl.bury_worker($1)', [dead])
  t.match(await attempts(free.task_id), [{ outcome: 'lost' }])
  t.match(await attempts(held.task_id), [{ outcome: null }])
  await holder.query('rollback')
  await sweep()
  t.match(await attempts(held.task_id), [{ outcome: 'lost' }])
})

t.test('a step begun in the moment of the burial is recovered, too', async (t) => {
  const zombie = await world.worker()
  const task_id = await world.submit()
  const open_steps = [newStep(1)]
  await world.commit(startItem(task_id, await world.worker(), { open_steps }))
  const slow = await world.as('pawl_worker')
  await slow.query('begin')
  await slow.query(`select pawl.claim_step($1, 1, $2, 'r')`, [task_id, zombie])
  await worker.query('select pawl.bury_worker($1)', [zombie])
  await slow.query('commit')
  t.match(await attempts(task_id), [{ outcome: null }])
  await sweep()
  t.match(await attempts(task_id), [{ outcome: 'lost' }])
  t.match(await task(task_id), { status: 'ready' })
})

t.test('who was buried moves nothing any more', async (t) => {
  const zombie = await world.worker()
  const task_id = await world.submit()
  await worker.query('select pawl.bury_worker($1)', [zombie])
  t.same(await world.commit(startItem(task_id, zombie)), ['fenced'])
  t.match(await task(task_id), { state: '(new)', revision: 0 })
})

t.test('a worker hands back what it has begun without knowing, after a while', async (t) => {
  const forgetful = await world.worker()
  const [known, stray] = [await world.begun(forgetful), await world.begun(forgetful)]
  const hand_back = () =>
    world.value<string>(
      'select pawl.hand_back_strays(worker_id => $1, in_hand => $2)',
      [forgetful, JSON.stringify([known])],
      worker,
    )
  t.equal(await hand_back(), '0')
  await world.tick(6000)
  t.equal(await hand_back(), '1')
  t.match(await attempts(stray.task_id), [{ outcome: 'handed_back' }])
  t.match(await attempts(known.task_id), [{ outcome: null }])
  t.equal(await hand_back(), '0')
})

const forgotten = async () => {
  const site: Site = await world.begun(await world.worker())
  await world.commit(doneItem(site))
  await worker.query('select pawl.wake_tasks($1)', [[site.task_id]])
  await world.query('delete from graphile_worker._private_jobs')
  await world.query('update pawl.tasks set woken_at = pawl.clock()')
  return site.task_id
}

t.test('a ready task whose wake-up was lost is woken again, once in thirty seconds', async (t) => {
  // The workers of the stories above, too, are dead by now; their tasks would stand in the queue.
  await world.tick(10_000)
  await sweep()
  const task_id = await forgotten()
  await world.tick(29_000)
  t.match(await sweep(), { woken: '0' })
  await world.tick(2000)
  t.not((await sweep()).woken, '0')
  const { rows } = await world.query(`select payload from graphile_worker._private_jobs`)
  t.ok(rows.some(({ payload }) => payload.includes(task_id)))
  await world.query('delete from graphile_worker._private_jobs')
  t.match(await sweep(), { woken: '0' })
})

t.test('a decision whose wake-up was lost is not forgotten', async (t) => {
  const site = await world.begun(await world.worker())
  const review = { kind: 'escalation', question: 'What now?', choices: ['approve'] }
  await world.commit(doneItem(site, { status: 'review', attach: { review } }))
  await world.roles.pawl_reviewer.query(`select pawl.decide_review($1, 1, 'approve', 'me')`, [
    site.task_id,
  ])
  await world.query('delete from graphile_worker._private_jobs')
  await world.tick(31_000)
  await sweep()
  const { rows } = await world.query(`select payload from graphile_worker._private_jobs`)
  t.ok(rows.some(({ payload }) => payload.includes(site.task_id)))
})

t.test('while a queue is merely long nobody is woken again', async (t) => {
  await forgotten()
  await world.worker()
  await world.submit()
  await world.tick(31_000)
  await world.worker()
  t.match(await sweep(), { woken: '0' })
})

t.test('a version that nobody serves does not keep the others asleep', async (t) => {
  await world.register('stranded')
  await forgotten()
  await world.worker()
  await world.submit({ machine: 'stranded' })
  await world.tick(31_000)
  await world.worker()
  t.not((await sweep()).woken, '0')
  const stranded = await world.roles.pawl_observer.query('select machine from pawl.stranded_tasks')
  t.same(new Set(stranded.rows.map((row) => row.machine)), new Set(['stranded']))
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
