/** A parent that is retried begins its child anew, also one that never began. */
import t from 'tap'
import { CHART, EDGE, INPUT_SCHEMA, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const retried = {
  edge_no: CHART.edges.length,
  from_state: 'calling',
  event: 'pawl.retried',
  to_state: 'calling',
  kind: 'engine',
}
await world.register('parent', { chart: { ...CHART, edges: [...CHART.edges, retried] } })
const worker_id = await world.worker(['parent:1', 'errand:1', 'errand:2'])
const { task, steps } = looks(world)
const retry = (task_id: string) => world.query('select pawl.retry_task($1)', [task_id])

/** Nobody catches the error of its child, which was refused at once. */
async function stopped() {
  const parent = await world.submit({ machine: 'parent' })
  const step = newStep(1, false, { kind: 'child', src: 'errand', input: { n: 'many' } })
  const beyond = { start: [{ step_no: 1, machine: 'errand' }] }
  const start = startItem(parent, worker_id, { open_steps: [step], beyond })
  const transition = {
    cause: 'step',
    cause_no: 1,
    event: 'pawl.stopped',
    edge_no: EDGE.stopped,
    to_state: 'calling',
  }
  const error = { code: 'PW101', message: 'it does not fit' }
  const stop = { transition, revision: 1, open_steps: [], beyond: {}, status: 'failed', error }
  const stopping = startItem(parent, worker_id, stop)
  t.same(
    [...(await world.commit(start)), ...(await world.commit(stopping))],
    ['accepted', 'accepted'],
  )
  return parent
}

t.test('what is still refused its parent is told again', async (t) => {
  const parent = await stopped()
  t.match(await steps(parent), [{ status: 'failed', delivered: 2 }])
  await retry(parent)
  t.match(await task(parent), { status: 'ready', revision: 3 })
  t.match(await steps(parent), [{ status: 'failed', error: { code: 'PW101' }, delivered: null }])
  t.same(await world.verify(), [])
})

t.test('a child that could not begin begins once its machine takes what it is given', async (t) => {
  const parent = await stopped()
  const properties = { n: { type: ['integer', 'string'] } }
  await world.register('errand', { input_schema: { ...INPUT_SCHEMA, properties } })
  await retry(parent)
  t.match(await steps(parent), [{ status: 'open', error: null, delivered: null }])
  const children = await world.rows(
    'select machine, status, input from pawl.tasks where parent_task_id = $1',
    [parent],
  )
  t.same(children, [{ machine: 'errand', status: 'ready', input: { n: 'many' } }])
  t.same(await world.verify(), [])
})
