/** A person's transaction that is left open: no statement of a worker's waits for it. */
import t from 'tap'
import { modelCall, PRICES, toolCall } from '../fixtures/sql_calls.ts'
import { doneItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
// Whoever waits after all is told so, long before the test would give up.
await worker.query(`set lock_timeout = '10s'`)
const asked = (text: string, values: unknown[]) => world.value<unknown>(text, values, worker)

async function whileHeld(text: string, values: unknown[], look: () => Promise<void>) {
  const person = await world.as()
  await person.query('begin')
  await person.query(text, values)
  await look()
  await person.query('rollback')
}

const PAUSE = 'select pawl.pause_task(u) from unnest($1::uuid[]) as u'

t.test('whoever would need the row of a held task is told so, and nothing is done', async (t) => {
  const site = await world.begun(await world.worker())
  const { task_id, worker_id } = site
  const free = await world.begun(worker_id)
  const before = await world.counted()
  await whileHeld(PAUSE, [[task_id]], async () => {
    const claim = `select pawl.claim_step($1, 1, $2, 'r')`
    t.equal(await asked(claim, [task_id, worker_id]), -1)
    t.equal(await asked('select pawl.postpone_suspect($1, 1, $2)', [task_id, worker_id]), -1)
    t.equal(await asked(`select pawl.end_attempt($1, 1, 1, 'parked', 9)`, [task_id]), null)
    t.equal(await asked(`select pawl.end_action($1, 1, 1, 'failed', '1', '1')`, [task_id]), null)
    t.equal(await asked(`select pawl.park_task($1, 1, 'waiting')`, [task_id]), null)
    t.equal(await asked('select pawl.drop_event($1, 1, 1)', [task_id]), null)
    t.same(await world.commit(doneItem(site)), ['busy'])
    const both = [[task_id, free.task_id]]
    t.equal(await asked('select pawl.free_tasks($1)', both), free.task_id)
    t.equal(await asked('select count(*) from pawl.free_tasks($1)', both), '1')
    const strays = `select pawl.hand_back_strays($1, $2, interval '-1 second')`
    const in_hand = JSON.stringify([free])
    t.equal(await asked(strays, [worker_id, in_hand]), '0')
  })
  t.same(await world.counted(), before)
  t.equal(await asked(`select pawl.park_task($1, 1, 'waiting')`, [task_id]), true)
  t.equal(await asked('select pawl.drop_event($1, 1, 1)', [task_id]), true)
  t.equal(await asked(`select pawl.end_attempt($1, 1, 1, 'parked', 9)`, [task_id]), true)
  t.equal(await asked(`select pawl.end_attempt($1, 1, 1, 'parked', 9)`, [task_id]), false)
})

t.test('a wake-up needs no row: who is held is woken with the others', async (t) => {
  const sites = [await world.begun(await world.worker()), await world.begun(await world.worker())]
  const task_ids = sites.map((it) => it.task_id).toSorted()
  await world.query(`update pawl.tasks set status = 'waiting' where task_id = any ($1)`, [task_ids])
  await world.query('delete from graphile_worker._private_jobs')
  await whileHeld(PAUSE, [task_ids.slice(1)], async () => {
    await asked('select pawl.wake_tasks($1)', [task_ids])
  })
  const [job] = await world.rows('select payload from graphile_worker._private_jobs')
  t.same(job, { payload: task_ids })
  const statuses = await world.rows(
    'select status from pawl.tasks where task_id = any ($1) order by task_id',
    [task_ids],
  )
  t.same(statuses, [{ status: 'ready' }, { status: 'waiting' }])
})

t.test('a sweep and a worker that starts after a pause wait for nobody either', async (t) => {
  const first = await world.worker()
  const { task_id } = await world.begun(first, { budget: '{"wall_clock_ms": 600000}' })
  await world.query(`insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
    select task_id, 'pawl.deadline', pawl.clock() + interval '1 hour', '{"type": "x"}', 1
    from pawl.tasks where task_id = '${task_id}' on conflict do nothing`)
  await world.tick(60_000)
  for (const held of [
    PAUSE,
    `select pawl.raise_budget(u, '{"tokens": 9}', 'me') from unnest($1::uuid[]) as u`,
  ]) {
    await whileHeld(held, [[task_id]], async () => {
      await worker.query('select pawl.sweep()')
      await worker.query('select pawl.dispatch()')
      await world.tick(60_000)
      const next = await world.worker()
      await worker.query('select pawl.stop_worker($1)', [next])
    })
  }
  await worker.query('select pawl.sweep()')
  const [attempt] = await world.rows('select outcome from pawl.attempts where task_id = $1', [
    task_id,
  ])
  t.same(attempt, { outcome: 'lost' }, 'what was held is found by the next')
})

t.test('a call whose budget a person has in hand is not begun, nor settled', async (t) => {
  const site = await world.begun(await world.worker())
  const begun = await asked('select pawl.begin_tool_call($1)', [toolCall(site)])
  t.match(begun, { answer: 'send' })
  const raise = `select pawl.raise_budget($1, '{"tool_calls": 50}', 'me')`
  const told = (text: string, call: object) =>
    worker.query(text, [call]).catch((error: { code: string }) => error.code)
  const settled = { task_id: site.task_id, call_no: 1, outcome: 'found', value: 1 }
  await whileHeld(raise, [site.task_id], async () => {
    t.equal(await told('select pawl.begin_tool_call($1)', toolCall(site, { position: 1 })), '55P03')
    t.equal(
      await told('select pawl.begin_model_call($1)', modelCall(site, { position: 2 })),
      '55P03',
    )
    t.equal(await told('select pawl.settle_tool_call($1)', settled), '55P03')
  })
  t.equal(await asked('select pawl.settle_tool_call($1)', [settled]), true)
  t.same(await world.verify(), [])
})
