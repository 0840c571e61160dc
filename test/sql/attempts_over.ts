/** What is taken out of a worker's hands where its task was told to end. */
import t from 'tap'
import { CHART, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { attempts } = looks(world)
const worker_id = await world.worker()

/** Long enough ago for a worker with a free hand to have heard it. */
async function told(...task_ids: string[]): Promise<void> {
  for (const task_id of task_ids)
    await world.query(`select pawl.put_event($1, 'engine', '{"type": "pawl.cancel"}')`, [task_id])
  await world.tick(300)
}

const over = async (task_ids: string[], step_nos: number[]) => {
  const { rows } = await world.roles.pawl_worker.query(
    'select task_id, step_no from pawl.attempts_over($1, $2, $3)',
    [task_ids, step_nos, step_nos.map(() => 1)],
  )
  return rows
}

t.test('a task told to end is taken out of full hands; its action runs on', async (t) => {
  const task_id = await world.submit()
  const open_steps = [newStep(1, true, { kind: 'action' }), newStep(2, true)]
  await world.commit(startItem(task_id, worker_id, { open_steps }))
  await told(task_id)
  t.same(await over([task_id, task_id], [1, 2]), [{ task_id, step_no: 2 }])
  t.match(await attempts(task_id), [{ outcome: null }, { outcome: 'handed_back' }])
})

t.test('who is told takes what is free, and waits for nobody', async (t) => {
  const first = (await world.begun(worker_id)).task_id
  await world.tick(1)
  const second = (await world.begun(worker_id)).task_id
  await told(first, second)
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for no key update', [first])
  t.same(await over([second, first], [1, 1]), [{ task_id: second, step_no: 1 }])
  await holder.query('rollback')
  t.equal((await over([second, first], [1, 1])).length, 2)
})

const cancelled = {
  edge_no: CHART.edges.length,
  from_state: 'calling',
  event: 'pawl.cancelled',
  to_state: 'calling',
  kind: 'engine',
}

t.test('a family that is cancelled is locked in the order of its ids', async (t) => {
  const edges = [
    ...CHART.edges,
    cancelled,
    { ...cancelled, edge_no: cancelled.edge_no + 1, from_state: '(new)', to_state: '(new)' },
  ]
  await world.register('kin', { chart: { ...CHART, edges } })
  const child = (step_no: number) =>
    newStep(step_no, false, { kind: 'child', src: 'kin', input: { n: 1 } })
  /** Has it begun, with so many children. */
  const bears = async (task_id: string, step_nos: number[]) => {
    const start = step_nos.map((step_no) => ({ step_no, machine: 'kin' }))
    const more = { open_steps: step_nos.map(child), beyond: { start } }
    await world.commit(startItem(task_id, worker_id, more))
    await world.tick(1)
    const born = await world.rows<{ id: string }>(
      'select child_task_id as id from pawl.steps where task_id = $1 order by child_task_id',
      [task_id],
    )
    return born.map(({ id }) => id)
  }
  const parent = await world.submit({ machine: 'kin' })
  await world.tick(1)
  const [elder = '', younger] = await bears(parent, [1, 2])
  const [grandchild] = await bears(elder, [1])
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.tasks where task_id = $1 for no key update', [younger])
  const ended = world.value('select pawl.cancel_task($1)', [parent], world.roles.pawl_submitter)
  await world.waiting()
  await holder.query('select pawl.wake_tasks($1)', [[younger, grandchild]])
  await holder.query('commit')
  t.equal(await ended, 'cancelled')
  const statuses = await world.rows('select status from pawl.tasks where task_id = any ($1)', [
    [elder, younger, grandchild],
  ])
  t.same(statuses, Array(3).fill({ status: 'cancelled' }))
})
