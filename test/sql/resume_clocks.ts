/** The clock of a task stands still while nobody is there to work on it. */
import t from 'tap'
import { callsOf, toolCall } from '../fixtures/sql_calls.ts'
import { CHART, EDGE, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { beginTool } = callsOf(world)
const budget = '{"wall_clock_ms": 60000}'
const gone = (worker_id: string) =>
  world.roles.pawl_worker.query('select pawl.stop_worker($1)', [worker_id])

/** How long it still has, by its budget and by its timer. */
const left = async (task_id: string) => {
  const [row] = await world.rows(
    `select extract(epoch from b.deadline_at - pawl.clock())::integer as budget,
       extract(epoch from m.fire_at - pawl.clock())::integer as timer
     from pawl.budgets as b
     join pawl.timers as m using (task_id)
     where b.task_id = $1
       and m.timer_id = 'pawl.deadline'`,
    [task_id],
  )
  return row
}

t.test('an hour in which no worker ran costs a task nothing, however many start', async (t) => {
  const first = await world.worker()
  const { task_id } = await world.begun(first, { budget })
  await world.tick(10_000)
  await gone(first)
  await world.tick(3_600_000)
  const both = [await world.worker(), await world.worker()]
  t.same(await left(task_id), { budget: 50, timer: 50 })
  for (const worker_id of both) await gone(worker_id)
})

t.test('nor does one in which its worker lay dead, from its last sign of life on', async (t) => {
  const { task_id } = await world.begun(await world.worker(), { budget })
  await world.tick(3_600_000)
  const next = await world.worker()
  t.same(await left(task_id), { budget: 60, timer: 60 })
  await gone(next)
})

t.test('while another worker serves its machine the clock runs', async (t) => {
  const first = await world.worker()
  const other = await world.worker()
  const { task_id } = await world.begun(first, { budget })
  await gone(first)
  await world.tick(20_000)
  await world.roles.pawl_worker.query('select pawl.beat_worker($1)', [other])
  const third = await world.worker()
  t.same(await left(task_id), { budget: 40, timer: 40 })
  for (const worker_id of [other, third]) await gone(worker_id)
})

t.test('a worker of other machines moves no clock of this one', async (t) => {
  const first = await world.worker()
  const { task_id } = await world.begun(first, { budget })
  await gone(first)
  await world.tick(20_000)
  await world.worker(['clerk:1'])
  t.same(await left(task_id), { budget: 40, timer: 40 })
})

t.test('nor does one in which it was paused, however the two lie in each other', async (t) => {
  const first = await world.worker()
  const { task_id } = await world.begun(first, { budget })
  await world.query('select pawl.pause_task($1)', [task_id])
  await world.tick(10_000)
  await gone(first)
  await world.tick(600_000)
  const next = await world.worker()
  await world.tick(10_000)
  await world.query('select pawl.resume_task($1)', [task_id])
  t.same(await left(task_id), { budget: 60, timer: 60 })
  await gone(next)
})

t.test(
  'nor does one in which it lay stopped, also where its machine takes no deadline',
  async (t) => {
    const retried = {
      edge_no: CHART.edges.length,
      from_state: 'calling',
      event: 'pawl.retried',
      to_state: 'calling',
      kind: 'engine',
    }
    const edges = [...CHART.edges.filter((it) => it.event !== 'pawl.deadline'), retried]
    await world.register('deaf', { chart: { ...CHART, takes: ['GO'], edges } })
    const worker_id = await world.worker(['deaf:1'])
    const site = await world.begun(worker_id, { machine: 'deaf', budget })
    await world.tick(10_000)
    const stop = startItem(site.task_id, worker_id, {
      revision: 1,
      step: { step_no: 1, attempt: 1, status: 'failed', output: null, error: { message: 'no' } },
      transition: {
        cause: 'step',
        cause_no: 1,
        event: 'pawl.stopped',
        edge_no: EDGE.stopped,
        to_state: 'calling',
      },
      open_steps: [],
      status: 'failed',
      error: { message: 'no' },
    })
    t.same(await world.commit(stop), ['accepted'])
    await world.tick(600_000)
    await world.query('select pawl.retry_task($1)', [site.task_id])
    const claim = `select pawl.claim_step($1, 1, $2, 'r')`
    const attempt = await world.value<number>(claim, [site.task_id, worker_id])
    t.match(await beginTool(toolCall({ ...site, attempt })), { answer: 'send' })
    await world.tick(50_000)
    t.match(await beginTool(toolCall({ ...site, attempt }, { position: 1 })), {
      answer: 'refused',
      reason: 'wall_clock_ms',
    })
  },
)
