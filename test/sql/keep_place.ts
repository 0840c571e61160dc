/** The line of tasks that wait for a worker, as Graphile Worker will go through it. */
import t from 'tap'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)

/** Job by job, each task where it first stands. */
async function line(): Promise<string[]> {
  const rows = await world.rows<{ task_id: string }>(
    `select e.task_id
     from graphile_worker._private_jobs as j
     cross join json_array_elements_text(j.payload) as e (task_id)
     order by j.priority, j.run_at, j.id`,
  )
  return [...new Set(rows.map((row) => row.task_id))]
}

t.test('what a dead worker had in hand goes on before all who came later', async (t) => {
  const dead = await world.worker()
  const { task_id } = await world.begun(dead)
  await world.query('delete from graphile_worker._private_jobs')
  await world.tick(1000)
  const later = await world.submit()
  await world.tick(1000)
  await world.query('select pawl.bury_worker($1)', [dead])
  t.same(await line(), [task_id, later])
})

t.test('and before those that were inserted with it', async (t) => {
  await world.query('delete from graphile_worker._private_jobs')
  const dead = await world.worker()
  const { task_id } = await world.begun(dead)
  await world.query('delete from graphile_worker._private_jobs')
  const beside = await world.submit()
  await world.query('select pawl.bury_worker($1)', [dead])
  t.same(await line(), [task_id, beside])
})

t.test('who hands over at the end of its slice stands behind all who wait', async (t) => {
  await world.query('delete from graphile_worker._private_jobs')
  const first = await world.submit()
  await world.query('delete from graphile_worker._private_jobs')
  await world.tick(1000)
  const later = await world.submit()
  await world.tick(1000)
  await world.query('select pawl.wake_tasks(array[$1::uuid])', [first])
  t.same(await line(), [later, first])
})

t.test('priority comes before place', async (t) => {
  const dead = await world.worker()
  const { task_id } = await world.begun(dead, { priority: 5 })
  await world.query('delete from graphile_worker._private_jobs')
  await world.tick(1000)
  const urgent = await world.submit({ priority: -1 })
  await world.query('select pawl.bury_worker($1)', [dead])
  t.same(await line(), [urgent, task_id])
})
