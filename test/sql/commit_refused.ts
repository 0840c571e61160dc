/** The one door: what is not accepted, and what is kept of it. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { doneItem, EDGE, goItem, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps, attempts } = looks(world)

t.test('a result that comes after the task has moved is kept, and somebody is woken', async (t) => {
  const site = await world.begun(worker_id)
  const before = await world.counted()
  t.same(await world.commit({ ...doneItem(site), revision: 0 }), ['deferred'])
  t.match(await task(site.task_id), { state: 'calling', status: 'ready', revision: 1 })
  t.match(await steps(site.task_id), [
    { status: 'succeeded', output: { found: 1 }, delivered: null },
  ])
  t.same(await attempts(site.task_id), [{ step_no: 1, attempt: 1, outcome: 'succeeded' }])
  t.equal(Number((await world.counted())['jobs']) - Number(before['jobs']), 1)
  const { step: _, ...later } = doneItem(site)
  t.same(await world.commit(later), ['accepted'], 'and is delivered without running again')
  t.match(await steps(site.task_id), [{ status: 'succeeded', delivered: 2 }])
})

t.test('a result for a paused task is kept', async (t) => {
  const site = await world.begun(worker_id)
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [site.task_id])
  t.same(await world.commit(doneItem(site)), ['deferred'])
  t.match(await task(site.task_id), { status: 'paused', revision: 1 })
  t.match(await steps(site.task_id), [{ status: 'succeeded', delivered: null }])
})

t.test(
  'a move without a result is deferred when the task has moved, and writes nothing',
  async (t) => {
    const site = await world.begun(worker_id)
    const before = await world.counted()
    t.same(await world.commit(startItem(site.task_id, worker_id)), ['deferred'])
    t.same(await world.counted(), before)
  },
)

t.test(
  'an attempt that is over, another’s or never was is fenced, and writes nothing',
  async (t) => {
    const site = await world.begun(worker_id)
    const before = await task(site.task_id)
    const other = await world.worker()
    t.same(await world.commit(doneItem({ ...site, worker_id: other })), ['fenced'])
    t.same(await world.commit(doneItem({ ...site, attempt: 2 })), ['fenced'])
    t.same(await world.commit(doneItem({ ...site, step_no: 2 })), ['fenced'])
    t.same(await world.commit(doneItem({ ...site, task_id: randomUUID() })), ['busy'])
    await world.roles.pawl_worker.query('select pawl.bury_worker($1)', [worker_id])
    t.same(await world.commit(doneItem(site)), ['fenced'])
    t.same(await task(site.task_id), before)
    t.match(await steps(site.task_id), [{ status: 'open', output: null }])
    t.same(await attempts(site.task_id), [{ step_no: 1, attempt: 1, outcome: 'lost' }])
  },
)

t.test('nothing moves after the end', async (t) => {
  const site = await world.begun(await world.worker())
  const failed = {
    ...doneItem(site),
    step: { step_no: 1, attempt: 1, status: 'failed', output: null, error: { code: 'x' } },
    transition: {
      cause: 'step',
      cause_no: 1,
      event: 'xstate.error.actor.fetch',
      edge_no: EDGE.failed,
      to_state: 'failed',
    },
    state: 'failed',
    status: 'failed',
    error: { code: 'x' },
  }
  t.same(await world.commit(failed), ['accepted'])
  t.match(await steps(site.task_id), [{ status: 'failed', error: { code: 'x' } }])
  const ended = await task(site.task_id)
  t.match(ended, { status: 'failed', error: { code: 'x' }, finished: true })
  t.same(await world.commit(failed), ['fenced'])
  t.same(await world.commit(goItem(site, 2, 1)), ['fenced'])
  t.same(await task(site.task_id), ended)
})

t.test('a task whose row somebody holds is busy, and the others go on', async (t) => {
  const one = await world.begun(await world.worker())
  const two = await world.begun(await world.worker())
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for update', [one.task_id])
  t.same(await world.commit(doneItem(one), doneItem(two)), ['busy', 'accepted'])
  await holder.query('rollback')
  t.same(await world.commit(doneItem(one)), ['accepted'])
})

t.test('a move that is no edge is illegal, whatever is wrong with it', async (t) => {
  const site = await world.begun(await world.worker())
  const { transition } = doneItem(site) as unknown as { transition: object }
  for (const wrong of [{ edge_no: 99 }, { to_state: 'done' }, { edge_no: EDGE.go }]) {
    const item = doneItem(site, { transition: { ...transition, ...wrong } })
    t.same(await world.commit(item), ['illegal'])
  }
  t.match(await task(site.task_id), { state: 'calling', revision: 1 })
  t.match(await steps(site.task_id), [{ status: 'open' }], 'its step is still in hand')
  t.same(await attempts(site.task_id), [{ step_no: 1, attempt: 1, outcome: null }])
})

t.test(
  'an item whose state is not its transition’s fails, and nothing of its batch is there',
  async (t) => {
    const one = await world.begun(await world.worker())
    const two = await world.begun(await world.worker())
    const answer = await refused(world.commit(doneItem(one), doneItem(two, { state: 'done' })))
    t.match(answer, { code: 'PW003', hint: /pawl.commit/ })
    t.match(await task(one.task_id), { revision: 1 })
  },
)

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
