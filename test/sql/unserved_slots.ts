/** After a deployment: what still waits for a slot, and whose workers have gone. */
import t from 'tap'
import { doneItem, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
const opened = async (worker_id: string) => {
  const task_id = await world.submit()
  await world.commit(startItem(task_id, worker_id))
  await world.tick(1)
  return task_id
}
const claim = (task_id: string, worker_id: string) =>
  world.value<number | null>('select pawl.claim_step($1, 1, $2, $3)', [task_id, worker_id, 'r'])
const done = (task_id: string, worker_id: string) =>
  world.commit(doneItem({ task_id, step_no: 1, attempt: 1, worker_id }))
/** Whom the next look for free slots wakes. */
const wokenTasks = async () => {
  await world.query('delete from graphile_worker._private_jobs')
  await worker.query('select pawl.dispatch()')
  const text = 'select payload from graphile_worker._private_jobs order by id'
  return (await world.rows<{ payload: string[] }>(text)).flatMap((it) => it.payload)
}

t.test('a step of a version that nobody serves keeps no slot from the others', async (t) => {
  await world.query(`select pawl.set_limit('errand', 1)`)
  const old = await world.worker(['errand:1'])
  const [busy, left] = [await opened(old), await opened(old)]
  t.same([await claim(busy, old), await claim(left, old)], [1, 0])
  await done(busy, old)
  await worker.query('select pawl.stop_worker($1)', [old])
  await world.register('errand', { definition: { id: 'errand', is: 'newer' } })
  const newer = await world.worker(['errand:2'])
  const next = await opened(newer)
  t.equal(await claim(next, newer), 0, 'the other one has waited longer')
  t.same(await wokenTasks(), [left, next], 'whoever serves it some day is woken for it')
  t.equal(await claim(next, newer), 1)
  const again = await world.worker(['errand:1'])
  t.equal(await claim(left, again), 0, 'and asks anew')
  await done(next, newer)
  t.same(await wokenTasks(), [left])
  t.equal(await claim(left, again), 1)
  t.same(await world.verify(), [])
})
