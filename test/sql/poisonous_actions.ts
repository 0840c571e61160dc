/** An action that kills its workers: what a person decides about it, and what no retry does. */
import t from 'tap'
import { CHART, doneItem, EDGE, goItem, newStep, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const retried = {
  edge_no: CHART.edges.length,
  from_state: 'calling',
  event: 'pawl.retried',
  to_state: 'calling',
  kind: 'engine',
}
await world.register('errand', { chart: { ...CHART, edges: [...CHART.edges, retried] } })
const worker = () => world.worker(['errand:2'])
const bury = (id: string) => world.roles.pawl_worker.query('select pawl.bury_worker($1)', [id])
const decide = (task_id: string, decision: string) =>
  world.roles.pawl_reviewer.query(`select pawl.decide_review($1, 1, $2, by => 'reviewer 7')`, [
    task_id,
    decision,
  ])
const claim = (task_id: string, id: string) =>
  world.value<number | null>(
    `select pawl.claim_step($1, 1, $2, 'release', alone => true)`,
    [task_id, id],
    world.roles.pawl_worker,
  )
const seen = async (task_id: string) =>
  (
    await world.rows(
      `select s.status as step, r.kind, r.status, r.choices, r.context ->> 'how' as how
       from pawl.steps as s
       left join pawl.reviews as r using (task_id)
       where s.task_id = $1 and s.step_no = 1`,
      [task_id],
    )
  )[0]

/** Four workers died at it, two of them with nothing else in hand; a step waits beside it. */
async function poisoned(kind = 'action') {
  await world.tick(61_000)
  const task_id = await world.submit()
  const first = await worker()
  const open_steps = [newStep(1, true, { kind }), newStep(2, false, { actor_id: 'other' })]
  t.same(await world.commit(startItem(task_id, first, { open_steps })), ['accepted'])
  await bury(first)
  await world.query(
    'update pawl.steps set deaths = 2, losses = 2 where task_id = $1 and step_no = 1',
    [task_id],
  )
  for (const _ of [1, 2]) await diesAgain(task_id)
  return task_id
}

async function diesAgain(task_id: string) {
  const next = await worker()
  t.type(await claim(task_id, next), 'number', 'it is claimed')
  await bury(next)
}

t.test('approve tries it once more, alone, and asks again if that kills, too', async (t) => {
  const task_id = await poisoned()
  t.match(await seen(task_id), {
    step: 'failed',
    kind: 'poison',
    choices: ['approve', 'reject'],
    how: /`approve` tries it once more/,
  })
  await decide(task_id, 'approve')
  t.match(await seen(task_id), { step: 'open', status: 'decided' })
  await world.tick(61_000)
  await diesAgain(task_id)
  t.match(await seen(task_id), { step: 'failed' })
  const waiting = `select count(*)::integer from pawl.reviews where task_id = $1 and status = 'waiting'`
  t.equal(await world.value(waiting, [task_id]), 1)
  t.same(await world.verify(), [])
})

t.test('reject lets it be, and its task goes on as if nothing were', async (t) => {
  const task_id = await poisoned()
  await decide(task_id, 'reject')
  t.match(await seen(task_id), { step: 'failed', status: 'decided' })
  t.same(await world.verify(), [])
})

t.test('its question outlives a retry of its task, and the task', async (t) => {
  const task_id = await poisoned()
  const id = await worker()
  const transition = {
    cause: 'engine',
    cause_no: null,
    event: 'pawl.stopped',
    edge_no: EDGE.stopped,
    to_state: 'calling',
  }
  const error = { code: 'broken', message: 'it broke' }
  const stop = { transition, revision: 1, open_steps: [], stop_steps: [2], status: 'failed', error }
  t.same(await world.commit(startItem(task_id, id, stop)), ['accepted'])
  await world.query('select pawl.retry_task($1)', [task_id])
  t.match(await seen(task_id), { step: 'failed', status: 'waiting' })
  const site = { task_id, worker_id: id, step_no: 2, attempt: 1 }
  await world.query(`select pawl.claim_step($1, 2, $2, 'release')`, [task_id, id])
  t.same(await world.commit({ ...doneItem(site), revision: 3 }), ['accepted'])
  t.same(await world.commit(goItem(site, 4, 0)), ['accepted'])
  t.match(await seen(task_id), { step: 'failed', status: 'waiting' })
  await decide(task_id, 'approve')
  t.equal(await claim(task_id, id), 4)
  t.same(await world.verify(), [])
})

t.test('a question about a step that is no action moves nothing when it is noted', async (t) => {
  const task_id = await poisoned('actor')
  t.match(await seen(task_id), { choices: ['noted'], how: /retry_task/ })
  await decide(task_id, 'noted')
  t.same(await world.verify(), [])
})
