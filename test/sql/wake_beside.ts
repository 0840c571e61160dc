/** Wake-ups that were lost beside a step that is in hand for hours: its task stays ready. */
import t from 'tap'
import { newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task } = looks(world)
const worker = world.roles.pawl_worker
const wake = () =>
  world.value<string>(`select pawl.wake_forgotten(interval '30 seconds')`, [], world.sql)
const loseJobs = () => world.query('delete from graphile_worker._private_jobs')
const bothBegun = async () => {
  const task_id = await world.submit()
  const open_steps = [newStep(1, true), newStep(2, true)]
  t.same(await world.commit(startItem(task_id, await world.worker(), { open_steps })), ['accepted'])
  await loseJobs()
  return task_id
}
const setAside = (task_id: string) =>
  world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [task_id])

t.test('a result beside a step in hand is not forgotten', async (t) => {
  const task_id = await bothBegun()
  await world.query(
    `update pawl.attempts set outcome = 'succeeded', finished_at = pawl.clock()
     where task_id = $1 and step_no = 2`,
    [task_id],
  )
  await world.query(
    `update pawl.steps set status = 'succeeded', output = '1', closed_at = pawl.clock()
     where task_id = $1 and step_no = 2`,
    [task_id],
  )
  t.match(await task(task_id), { status: 'ready' })
  await world.tick(30_000)
  t.equal(await wake(), '0', 'somebody may still deliver it')
  await world.tick(1000)
  t.equal(await wake(), '1')
  await loseJobs()
  await world.tick(1000)
  t.equal(await wake(), '0', 'once in thirty seconds')
  await setAside(task_id)
})

t.test('a pause that is over beside a step in hand is not forgotten', async (t) => {
  const task_id = await bothBegun()
  await worker.query(`select pawl.end_attempt($1, 2, 1, 'failed', 700)`, [task_id])
  await world.query('delete from pawl.timers where task_id = $1', [task_id])
  t.match(await task(task_id), { status: 'ready' })
  await world.tick(30_000)
  t.equal(await wake(), '0')
  await world.tick(1000)
  t.equal(await wake(), '1')
  await loseJobs()
  const claim = `select pawl.claim_step($1, 2, $2, 'r')`
  t.equal(await world.value(claim, [task_id, await world.worker()], worker), 2)
  await world.tick(31_000)
  t.equal(await wake(), '0', 'both are in hand')
  await setAside(task_id)
})

t.test('nor a step that waits for a slot, beside one that has it', async (t) => {
  const task_id = await bothBegun()
  await world.query(
    `update pawl.attempts set outcome = 'handed_back', finished_at = pawl.clock()
     where task_id = $1 and step_no = 2`,
    [task_id],
  )
  await world.query(
    `update pawl.steps set waits_for = 'limit', losses = 1 where task_id = $1 and step_no = 2`,
    [task_id],
  )
  await world.query(`insert into pawl.limit_slots values (1, '', 1, $1, 1, 1, pawl.clock())`, [
    task_id,
  ])
  await world.tick(31_000)
  t.equal(await wake(), '1')
})
