/** Slots that were taken, kept or lowered away while somebody was not looking. */
import t from 'tap'
import { doneItem, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
const worker_id = await world.worker()
const limit = (in_hand_max: number) =>
  world.query('select pawl.set_limit($1, $2)', ['errand', in_hand_max])
const claim = (task_id: string) =>
  world.value<number | null>('select pawl.claim_step($1, 1, $2, $3)', [task_id, worker_id, 'r'])
const loseJobs = () => world.query('delete from graphile_worker._private_jobs')
const wokenTasks = async () =>
  (
    await world.rows<{ payload: string[] }>('select payload from graphile_worker._private_jobs')
  ).flatMap((it) => it.payload)
const opened = async () => {
  const task_id = await world.submit()
  await world.commit(startItem(task_id, worker_id))
  return task_id
}
const inHand = () => world.value<string>('select count(*) from pawl.attempts where outcome is null')

t.test(
  'a slot taken while somebody looks for free ones is not taken for one of them',
  async (t) => {
    const task_id = await opened()
    await limit(3)
    const [slot] = await world.rows(`delete from pawl.limit_slots returning *`)
    const claimer = await world.as()
    await claimer.query('begin')
    await claimer.query('lock table pawl.limit_queue in access exclusive mode')
    const looker = await world.as()
    const looked = looker.query(`select pawl.free_slots(limit_id, '') from pawl.limits`)
    await world.waiting()
    await claimer.query(
      'insert into pawl.limit_slots select * from json_populate_record(null::pawl.limit_slots, $1)',
      [JSON.stringify(slot)],
    )
    await claimer.query('commit')
    await looked
    t.match(await world.rows('select task_id, attempt from pawl.limit_slots'), [
      { task_id, attempt: 1 },
    ])
    await world.commit(doneItem({ task_id, step_no: 1, attempt: 1, worker_id }))
  },
)

t.test('who was woken for a slot, and whose wake-up got lost, is woken again', async (t) => {
  await limit(1)
  const [busy, waiting] = [await opened(), await opened()]
  t.same([await claim(busy), await claim(waiting)], [1, 0])
  await worker.query(`select pawl.park_task($1, 1, 'waiting', '{}')`, [waiting])
  await world.commit(doneItem({ task_id: busy, step_no: 1, attempt: 1, worker_id }))
  await loseJobs()
  await worker.query('select pawl.dispatch()')
  t.same(await wokenTasks(), [waiting])
  await loseJobs()
  await world.tick(31_000)
  t.match(await world.verify(), [{ law: 17 }], 'the law sees it, too')
  await world.query('select pawl.beat_worker($1)', [worker_id])
  await worker.query('select pawl.sweep()')
  t.same(await wokenTasks(), [waiting])
  t.equal(await claim(waiting), 1)
  await world.commit(doneItem({ task_id: waiting, step_no: 1, attempt: 1, worker_id }))
})

t.test('a step that comes back under a lowered limit waits like the others', async (t) => {
  await limit(3)
  const [a, b, c] = [await opened(), await opened(), await opened()]
  t.same([await claim(a), await claim(b), await claim(c)], [1, 1, 1])
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 0)`, [c])
  await limit(1)
  t.equal(await claim(c), 0)
  t.equal(await inHand(), '2')
  await limit(3)
  t.equal(await claim(c), 2)
  await worker.query(`select pawl.end_attempt($1, 1, 2, 'parked', 0)`, [c])
  await limit(0)
  t.equal(await claim(c), 0)
})
