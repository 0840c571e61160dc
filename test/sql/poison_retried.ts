/** A task that failed of a poisonous step is retried: the step has one more try, alone. */
import t from 'tap'
import { CHART, doneItem, EDGE, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const RETRIED = CHART.edges.length
const retried = {
  edge_no: RETRIED,
  from_state: 'calling',
  event: 'pawl.retried',
  to_state: 'calling',
  kind: 'engine',
}
await world.register('parser', { chart: { ...CHART, edges: [...CHART.edges, retried] } })
const worker = world.roles.pawl_worker
const serving = () => world.worker(['parser:1'])
const bury = (id: string) => worker.query('select pawl.bury_worker($1)', [id])
const retry = (task_id: string) => world.query('select pawl.retry_task($1)', [task_id])
const claim = (task_id: string, id: string, alone: boolean) =>
  world.value<number | null>(
    `select pawl.claim_step($1, 1, $2, 'r', alone => $3)`,
    [task_id, id, alone],
    worker,
  )
const step = async (task_id: string) =>
  (
    await world.rows(
      `select status, deaths, deaths_alone, deaths_max, error ->> 'code' as code
       from pawl.steps where task_id = $1`,
      [task_id],
    )
  )[0]
const reviews = (task_id: string) =>
  world.rows('select kind, status from pawl.reviews where task_id = $1 order by review_no', [
    task_id,
  ])

async function diesAgain(task_id: string, alone: boolean): Promise<void> {
  const id = await serving()
  t.type(await claim(task_id, id, alone), 'number', 'it is claimed')
  await bury(id)
}

/** Its machine does not catch what becomes of the step, and it fails where it stands. */
async function stopped(task_id: string, revision: number): Promise<void> {
  const site = { task_id, worker_id: await serving(), step_no: 1, attempt: 0 }
  const transition = {
    cause: 'step',
    cause_no: 1,
    event: 'pawl.stopped',
    edge_no: EDGE.stopped,
    to_state: 'calling',
  }
  const end = { step: undefined, revision, transition, state: 'calling', status: 'failed' }
  t.same(await world.commit(doneItem(site, end)), ['accepted'])
}

/** Killed two workers among others, and two alone. */
async function poisoned(): Promise<string> {
  await world.tick(61_000)
  const task_id = await world.submit({ machine: 'parser' })
  const first = await serving()
  t.same(await world.commit(startItem(task_id, first)), ['accepted'])
  await bury(first)
  for (const alone of [false, true, true]) await diesAgain(task_id, alone)
  t.match(await step(task_id), { status: 'failed', deaths: 4, deaths_alone: 2, code: 'poison' })
  await stopped(task_id, 1)
  t.same(await reviews(task_id), [{ kind: 'poison', status: 'waiting' }])
  return task_id
}

t.test('a poisonous step is tried alone when its task is retried, and may succeed', async (t) => {
  const task_id = await poisoned()
  await retry(task_id)
  t.same(await reviews(task_id), [{ kind: 'poison', status: 'withdrawn' }], 'that is the answer')
  await world.query('select pawl.close_poisonous(array[$1::uuid])', [task_id])
  t.match(await step(task_id), { status: 'open', code: null }, 'its past alone fails it no more')
  const worker_id = await serving()
  t.equal(await claim(task_id, worker_id, false), null, 'nobody else is put at risk')
  t.equal(await claim(task_id, worker_id, true), 5)
  const site = { task_id, worker_id, step_no: 1, attempt: 5 }
  t.same(await world.commit(doneItem(site, { revision: 3 })), ['accepted'])
  t.match(await step(task_id), { status: 'succeeded' })
  t.same(await reviews(task_id), [{ kind: 'poison', status: 'withdrawn' }])
  t.same(await world.verify(), [])
})

t.test('one that kills again is asked about again, and can be retried again', async (t) => {
  const task_id = await poisoned()
  for (const times of [1, 2]) {
    await world.tick(61_000)
    await retry(task_id)
    await diesAgain(task_id, true)
    t.match(await step(task_id), {
      status: 'failed',
      deaths_alone: 2 + times,
      code: 'poison',
    })
    await stopped(task_id, 1 + 2 * times)
    const closed = Array(times).fill({ kind: 'poison', status: 'withdrawn' })
    t.same(await reviews(task_id), [...closed, { kind: 'poison', status: 'waiting' }])
  }
  t.same(await world.verify(), [])
})
