/** A suspect that a worker keeps for itself, and what becomes of it when that worker ends. */
import t from 'tap'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
const claim = (task_id: string, id: string, alone = false) =>
  world.value<number | null>(
    `select pawl.claim_step($1, 1, $2, 'r', alone => $3)`,
    [task_id, id, alone],
    worker,
  )

/** A step that was in hand at two deaths. */
async function suspect(): Promise<string> {
  const first = await world.worker()
  const { task_id } = await world.begun(first)
  await worker.query('select pawl.bury_worker($1)', [first])
  const second = await world.worker()
  await claim(task_id, second)
  await worker.query('select pawl.bury_worker($1)', [second])
  return task_id
}

t.test('a suspect is free again when who kept it dies, or ends in good order', async (t) => {
  const task_id = await suspect()
  const waits = () =>
    world.rows(
      `select s.waits_for, m.timer_id
       from pawl.steps as s
       left join pawl.timers as m on m.task_id = s.task_id and m.timer_id = 'pawl.pause.1'
       where s.task_id = $1`,
      [task_id],
    )
  for (const ends of ['bury_worker', 'stop_worker']) {
    const keeper = await world.worker()
    await worker.query('select pawl.postpone_suspect($1, 1, $2)', [task_id, keeper])
    t.same(await waits(), [{ waits_for: 'alone', timer_id: 'pawl.pause.1' }])
    await world.query('delete from graphile_worker._private_jobs')
    await worker.query(`select pawl.${ends}($1)`, [keeper])
    t.same(await waits(), [{ waits_for: null, timer_id: null }], ends)
    const { rows } = await world.query('select from graphile_worker._private_jobs')
    t.equal(rows.length, 1, 'and somebody is told')
  }
  t.equal(await claim(task_id, await world.worker(), true), 3)
})

t.test('a worker that kept several lets all of them go', async (t) => {
  const kept = [await suspect(), await suspect(), await suspect()]
  const keeper = await world.worker()
  for (const task_id of kept)
    await worker.query('select pawl.postpone_suspect($1, 1, $2)', [task_id, keeper])
  t.equal(await claim(kept[1] ?? '', keeper, true), 3, 'it came to one of them')
  await worker.query('select pawl.bury_worker($1)', [keeper])
  const waits = await world.rows('select waits_for from pawl.steps where task_id = any ($1)', [
    kept,
  ])
  t.same(waits, Array(3).fill({ waits_for: null }))
  const left = 'select kept_task_ids from pawl.workers where worker_id = $1'
  t.same(await world.value(left, [keeper]), [])
})

t.test('who has it in hand keeps it, whoever saw it free a moment ago', async (t) => {
  const task_id = await suspect()
  const lonely = await world.worker()
  t.equal(await claim(task_id, lonely, true), 3)
  const postponed = 'select pawl.postpone_suspect($1, 1, $2)'
  t.equal(await world.value(postponed, [task_id, await world.worker()], worker), null)
  await worker.query('select pawl.bury_worker($1)', [lonely])
  t.match(
    await world.rows('select deaths_alone, waits_for from pawl.steps where task_id = $1', [
      task_id,
    ]),
    [{ deaths_alone: 1, waits_for: null }],
  )
})

t.test('one that is found guilty while it waits fails all the same', async (t) => {
  const task_id = await suspect()
  await worker.query('select pawl.postpone_suspect($1, 1, $2)', [task_id, await world.worker()])
  // While others died it took more deaths than two; nobody has died for a while now.
  await world.query('update pawl.steps set deaths_alone = 2 where task_id = $1', [task_id])
  await world.tick(61_000)
  await world.query('select pawl.close_poisonous(array[$1::uuid])', [task_id])
  t.match(
    await world.rows('select status, waits_for from pawl.steps where task_id = $1', [task_id]),
    [{ status: 'failed', waits_for: null }],
  )
})

t.test('where its task was held just then, the sweep frees it', async (t) => {
  const task_id = await suspect()
  const keeper = await world.worker()
  await worker.query('select pawl.postpone_suspect($1, 1, $2)', [task_id, keeper])
  await world.query('begin')
  await world.query('select from pawl.tasks where task_id = $1 for update', [task_id])
  await worker.query('select pawl.bury_worker($1)', [keeper])
  await world.query('commit')
  t.equal(await claim(task_id, await world.worker()), null)
  await worker.query('select pawl.sweep()')
  const waits = await world.rows('select waits_for from pawl.steps where task_id = $1', [task_id])
  t.same(waits, [{ waits_for: null }])
})
