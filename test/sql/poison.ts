/** Steps that may have killed their workers: tried alone, and failed when that kills, too. */
import t from 'tap'
import { doneItem, EDGE, goItem, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { attempts, task } = looks(world)
const worker = world.roles.pawl_worker
const bury = (id: string) => worker.query('select pawl.bury_worker($1)', [id])
const claim = (task_id: string, id: string, alone = false) =>
  world.value<number | null>(
    `select pawl.claim_step($1, 1, $2, 'r', alone => $3)`,
    [task_id, id, alone],
    worker,
  )
const step = async (task_id: string) =>
  (
    await world.rows(
      `select status, attempts, losses, deaths, deaths_alone, error ->> 'code' as code
       from pawl.steps where task_id = $1 and step_no = 1`,
      [task_id],
    )
  )[0]
const reviews = (task_id: string) =>
  world.rows(`select kind, status, step_no, choices from pawl.reviews where task_id = $1`, [
    task_id,
  ])

/** A task whose step was in hand at so many deaths, each of another worker. */
async function died(times: number, alone = false): Promise<string> {
  const first = await world.worker()
  const { task_id } = await world.begun(first)
  await bury(first)
  for (let deaths = 1; deaths < times; deaths++) await diesAgain(task_id, false)
  if (alone) await diesAgain(task_id, true)
  return task_id
}

async function diesAgain(task_id: string, alone: boolean): Promise<void> {
  const next = await world.worker()
  t.type(await claim(task_id, next, alone), 'number', 'it is claimed')
  await bury(next)
}

/** Nobody died lately. */
const later = () => world.tick(61_000)

t.test('after two deaths a step is only for a worker with nothing else in hand', async (t) => {
  const task_id = await died(2)
  const busy = await world.worker()
  const other = await world.begun(busy)
  t.equal(await claim(task_id, busy), null, 'not among others')
  t.equal(await claim(task_id, busy, true), null, 'not by one that only says it is alone')
  await world.commit(doneItem(other))
  t.equal(await claim(task_id, busy), null, 'not as usual')
  t.equal(await claim(task_id, busy, true), 3, 'alone')
  t.match(await attempts(task_id), [{ outcome: 'lost' }, { outcome: 'lost' }, { outcome: null }])
})

t.test(
  'who is alone takes nothing else, in a claim or in a commit, until it is over',
  async (t) => {
    const task_id = await died(2)
    const open = await world.submit()
    await world.commit(startItem(open, await world.worker(), { open_steps: [newStep(1)] }))
    const lonely = await world.worker()
    t.equal(await claim(task_id, lonely, true), 3)
    t.equal(await claim(open, lonely), null)
    const fresh = await world.submit()
    await world.commit(startItem(fresh, lonely))
    t.same(await attempts(fresh), [], 'the step is opened and not begun')
    t.match(await step(fresh), { status: 'open', attempts: 0 })
    await world.query(
      `update pawl.attempts set outcome = 'failed', finished_at = pawl.clock()
     where task_id = $1 and attempt = 3`,
      [task_id],
    )
    await worker.query('select pawl.end_solitude($1)', [lonely])
    t.equal(await claim(open, lonely), 1)
  },
)

t.test('deaths among others call no step poison, however many', async (t) => {
  await later()
  const task_id = await died(1)
  await world.query(
    'update pawl.steps set deaths = 50, losses = 50, attempts = 50 where task_id = $1',
    [task_id],
  )
  const next = await world.worker()
  t.equal(await claim(task_id, next, true), 51)
  await bury(next)
  t.match(await step(task_id), { status: 'open', deaths: 51, deaths_alone: 1, losses: 51 })
  t.same(await reviews(task_id), [])
})

t.test('the second death alone fails the step as poison, with a review', async (t) => {
  await later()
  const task_id = await died(2, true)
  t.match(await step(task_id), { status: 'open', deaths: 3, deaths_alone: 1, losses: 3 })
  await diesAgain(task_id, true)
  t.match(await step(task_id), { status: 'failed', deaths: 4, deaths_alone: 2, code: 'poison' })
  t.match(await task(task_id), { status: 'ready' }, 'its machine is woken and told')
  t.same(await reviews(task_id), [
    { kind: 'poison', status: 'waiting', step_no: 1, choices: ['noted'] },
  ])
  const { rows } = await world.roles.pawl_reviewer.query('select kind from pawl.review_queue')
  t.same(rows, [{ kind: 'poison' }])
  await world.roles.pawl_reviewer.query(
    `select pawl.decide_review($1, 1, 'noted', by => 'reviewer 7', note => 'a loop in the parser')`,
    [task_id],
  )
  t.match(await reviews(task_id), [{ status: 'decided' }])
  const inbox = await world.rows('select from pawl.events where task_id = $1', [task_id])
  t.same(inbox, [], 'the machine hears no more of it')
})

t.test('the question stays when the task fails of it, and goes when it succeeds', async (t) => {
  const poisoned = async () => {
    await later()
    const task_id = await died(2, true)
    await diesAgain(task_id, true)
    return { task_id, worker_id: await world.worker(), step_no: 1, attempt: 4 }
  }
  const failed = await poisoned()
  const transition = {
    cause: 'step',
    cause_no: 1,
    event: 'xstate.error.actor.fetch',
    edge_no: EDGE.failed,
    to_state: 'failed',
  }
  const end = { step: undefined, transition, state: 'failed', status: 'failed' }
  t.same(await world.commit(doneItem(failed, end)), ['accepted'])
  t.match(await reviews(failed.task_id), [{ status: 'waiting' }])
  const mended = await poisoned()
  t.same(await world.commit(doneItem(mended, { step: undefined })), ['accepted'])
  t.same(await world.commit(goItem(mended, 2, 0)), ['accepted'])
  t.match(await reviews(mended.task_id), [{ status: 'withdrawn' }])
})

t.test('where workers die that never had it, it takes ten deaths alone', async (t) => {
  await later()
  const task_id = await died(2)
  for (let deaths = 1; deaths <= 10; deaths++) {
    t.match(await step(task_id), { status: 'open', deaths_alone: deaths - 1 })
    await bury(await world.worker())
    await diesAgain(task_id, true)
  }
  t.match(await step(task_id), { status: 'failed', deaths: 12, deaths_alone: 10 })
})

t.test(
  'where many die, two deaths make no suspect; a quarter of all do, and so do ten',
  async (t) => {
    await later()
    const task_id = await died(2)
    for (let deaths = 1; deaths <= 6; deaths++) await bury(await world.worker())
    t.equal(await claim(task_id, await world.worker()), null, 'two of eight')
    await bury(await world.worker())
    const among = await world.worker()
    t.equal(await claim(task_id, among), 3, 'two of nine')
    await worker.query('select pawl.stop_worker($1)', [among])
    await world.query('update pawl.steps set deaths = 10, losses = 11 where task_id = $1', [
      task_id,
    ])
    for (let deaths = 1; deaths <= 40; deaths++) await bury(await world.worker())
    t.equal(await claim(task_id, await world.worker()), null, 'ten')
    await world.query('update pawl.steps set deaths = 2 where task_id = $1', [task_id])
    await later()
    t.equal(await claim(task_id, await world.worker()), null, 'two, when it is quiet again')
  },
)

t.test('two poisonous steps do not excuse each other', async (t) => {
  await later()
  const [one, other] = [await died(2), await died(2)]
  await later()
  for (const task_id of [one, other, one, other]) await diesAgain(task_id, true)
  t.match(await step(one), { status: 'failed' })
  t.match(await step(other), { status: 'failed' })
})

t.test('who ends in good order has not died', async (t) => {
  const leaving = await world.worker()
  const { task_id } = await world.begun(leaving)
  await worker.query('select pawl.stop_worker($1)', [leaving])
  t.match(await step(task_id), { status: 'open', losses: 1, deaths: 0 })
})

t.test(
  'a suspect is kept for who tries to become free, longer each time, and comes again',
  async (t) => {
    await later()
    const task_id = await died(2)
    const postpone = () =>
      world.value<number | null>('select pawl.postpone_suspect($1, 1)', [task_id], worker)
    t.equal(await postpone(), 5000)
    t.equal(await postpone(), null, 'it is kept for the first')
    t.match(
      await world.rows(
        'select wake_at - pawl.clock() as wait, waits_for from pawl.steps where task_id = $1',
        [task_id],
      ),
      [{ wait: { seconds: 15 }, waits_for: 'alone' }],
    )
    await world.tick(15_000)
    await worker.query('select pawl.dispatch()')
    t.equal(await postpone(), 15_000)
    const lonely = await world.worker()
    t.equal(await claim(task_id, lonely), null)
    t.equal(await claim(task_id, lonely, true), 3, 'who kept it may begin')
  },
)
