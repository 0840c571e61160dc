/** Nothing is left to do: what a worker that is to stop then asks. */
import t from 'tap'
import { CHART, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task } = looks(world)
const worker = world.roles.pawl_worker

t.test('who waited for a slot and was cancelled is nothing left to do', async (t) => {
  const cancelled = {
    edge_no: CHART.edges.length,
    from_state: 'calling',
    event: 'pawl.cancelled',
    to_state: 'calling',
    kind: 'engine',
  }
  const chart = { ...CHART, edges: [...CHART.edges, cancelled] }
  const { machine_id } = await world.register('shut', { chart })
  const isIdle = () => world.value('select pawl.is_idle(array[$1::bigint])', [machine_id], worker)
  const worker_id = await world.worker(['shut:1'])
  await world.query(`select pawl.set_limit('shut', 0)`)
  const task_id = await world.submit({ machine: 'shut' })
  await world.commit(startItem(task_id, worker_id))
  const claim = `select pawl.claim_step($1, 1, $2, 'r')`
  t.equal(await world.value(claim, [task_id, worker_id], worker), 0)
  await world.query('delete from graphile_worker._private_jobs')
  t.equal(await isIdle(), false, 'while it waits there is')
  await world.query('select pawl.cancel_task($1)', [task_id])
  t.match(await task(task_id), { status: 'cancelled' })
  await world.query('delete from graphile_worker._private_jobs')
  t.equal(await isIdle(), true)
})
