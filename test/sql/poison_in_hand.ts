/** A step that killed its workers, and is in living hands while something else of its task dies. */
import t from 'tap'
import { doneItem, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { steps, attempts } = looks(world)
const worker = world.roles.pawl_worker
const bury = (id: string) => worker.query('select pawl.bury_worker($1)', [id])

/** An attempt at the step by a worker of its own. */
async function begin(task_id: string, step_no: number): Promise<Site> {
  const worker_id = await world.worker()
  const attempt = await world.value<number>(
    `select pawl.claim_step($1, $2, $3, 'r', alone => true)`,
    [task_id, step_no, worker_id],
    worker,
  )
  return { task_id, step_no, attempt, worker_id }
}

/** Two steps, each in hand at two deaths; the first at two more, alone, while others died, too. */
async function spared(): Promise<string> {
  const task_id = await world.submit()
  const open_steps = [newStep(1), newStep(2)]
  await world.commit(startItem(task_id, await world.worker(), { open_steps }))
  await world.query('update pawl.steps set deaths = 2 where task_id = $1', [task_id])
  for (let deaths = 1; deaths <= 2; deaths++) {
    const { worker_id } = await begin(task_id, 1)
    await bury(await world.worker())
    await bury(worker_id)
  }
  await world.tick(61_000)
  return task_id
}

t.test('nobody calls a step poison while a worker lives with it', async (t) => {
  const task_id = await spared()
  const site = await begin(task_id, 1)
  await bury((await begin(task_id, 2)).worker_id)
  t.match(await steps(task_id), [{ status: 'open' }, { status: 'open' }])
  t.same(await world.rows('select from pawl.reviews where task_id = $1', [task_id]), [])
  t.same(await world.commit(doneItem(site)), ['accepted'])
  t.match(await steps(task_id), [{ status: 'succeeded', output: { found: 1 }, delivered: 2 }, {}])
})

t.test('its next death is judged as ever', async (t) => {
  const task_id = await spared()
  const site = await begin(task_id, 1)
  await bury((await begin(task_id, 2)).worker_id)
  await world.tick(61_000)
  await bury(site.worker_id)
  t.match(await steps(task_id), [{ status: 'failed', error: { code: 'poison' } }, {}])
})

t.test(
  'what was closed otherwise is not written again by whoever still has it in hand',
  async (t) => {
    const site = await world.begun(await world.worker())
    await world.query(
      `update pawl.steps set status = 'failed', error = '{"code": "x"}', closed_at = pawl.clock()
     where task_id = $1`,
      [site.task_id],
    )
    const deliver = { ...doneItem(site), step: undefined }
    t.same(await world.commit(deliver), ['accepted'], 'its machine hears of it')
    const told = await steps(site.task_id)
    t.match(told, [{ status: 'failed', error: { code: 'x' }, delivered: 2 }])
    t.same(await world.commit(doneItem(site)), ['deferred'])
    t.same(await steps(site.task_id), told, 'what its machine was told stands')
    t.match(await attempts(site.task_id), [{ outcome: 'succeeded' }])
  },
)
