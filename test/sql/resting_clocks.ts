/** A task rests while a question about it waits that it does not wait for itself. */
import t from 'tap'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const submitter = world.roles.pawl_submitter

t.test('a question that the task does not wait for stops no clock', async (t) => {
  const first = await world.worker()
  const { task_id } = await world.begun(first, { budget: '{"wall_clock_ms": 60000}' })
  for (const worker_id of [first, await world.worker()]) {
    await world.query(`select pawl.claim_step($1, 1, $2, 'r')`, [task_id, worker_id])
    await world.roles.pawl_worker.query('select pawl.bury_worker($1)', [worker_id])
  }
  await world.query(
    `insert into pawl.reviews
       (task_id, review_no, kind, question, context, choices, step_no, status, opened_at)
     values ($1, 1, 'poison', 'what killed them?', '{}', '{noted}', 1, 'waiting', pawl.clock())`,
    [task_id],
  )
  await submitter.query('select pawl.pause_task($1)', [task_id])
  await world.tick(600_000)
  await submitter.query('select pawl.resume_task($1)', [task_id])
  const left = await world.rows(
    `select extract(epoch from b.deadline_at - pawl.clock())::integer as budget,
       extract(epoch from m.fire_at - pawl.clock())::integer as timer
     from pawl.budgets as b
     join pawl.timers as m using (task_id)
     where b.task_id = $1
       and m.timer_id = 'pawl.deadline'`,
    [task_id],
  )
  t.same(left, [{ budget: 60, timer: 60 }])
})
