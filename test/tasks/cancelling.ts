/** A task is cancelled while another process has it in hand, or while nobody has. */
import t, { type Test } from 'tap'
import long, { LONG_APP } from '../fixtures/apps/long.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { refused } from '../fixtures/refused.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type WorkerProcess, workerProcess, worldOf } from '../fixtures/workers.ts'

const ABORT_MS = 1000

async function ground(t: Test) {
  const world = await worldOf(t, long, await freshDatabase(t))
  const submitter = await world.as('pawl_submitter')
  const cancel = async (task_id: string, more = '') => {
    const text = `select pawl.cancel_task($1, 'not wanted'${more}) as answer`
    return (await submitter.query<{ answer: string }>(text, [task_id])).rows[0]?.answer
  }
  const heard = (worker: WorkerProcess, words: string) =>
    until(`it says: ${words}`, () => worker.said().includes(words))
  const start = (concurrency = 10, figures = {}) =>
    workerProcess(t, { url: world.url, app: LONG_APP, concurrency, figures })
  return { world, cancel, heard, start }
}

t.test('a step that would run for minutes is aborted within a second', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start()
  const task_id = await world.submit('long')
  await heard(worker, `begun ${task_id}`)
  const asked = performance.now()
  t.equal(await cancel(task_id), 'cancelled')
  t.match(await world.task(task_id), { status: 'cancelled', state: 'working', revision: 2 })
  await heard(worker, `aborted ${task_id} PW002`)
  t.ok(performance.now() - asked < ABORT_MS, `after ${Math.round(performance.now() - asked)} ms`)
  const { rows } = await world.query(
    `select s.status, a.outcome from pawl.steps as s join pawl.attempts as a using (task_id, step_no)
     where task_id = $1`,
    [task_id],
  )
  t.same(rows, [{ status: 'stopped', outcome: 'stopped' }])
  const { rows: told } = await world.query(
    `select kind, title, detail -> 'payload' ->> 'reason' as reason from pawl.trace($1)
     where kind in ('event', 'transition') order by at desc, kind desc limit 2`,
    [task_id],
  )
  t.match(told, [
    { kind: 'transition', title: 'working → working' },
    { kind: 'event', title: 'pawl.cancel', reason: 'not wanted' },
  ])
  t.same(await world.verify(), [])
})

t.test('a paused task goes on to clean up, also where it was told before it rested', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start(2)
  const paused = await world.submit('tidy')
  const told = await world.submit('tidy')
  await heard(worker, `begun ${paused}`)
  await heard(worker, `begun ${told}`)
  await world.query('select pawl.pause_task($1)', [paused])
  t.equal(await cancel(paused), 'cancelling')
  const { rows } = await world.query(
    `with first as materialized (select pawl.cancel_task($1) as answer),
     second as materialized (select pawl.pause_task($1) as answer from first)
     select pawl.cancel_task($1) as answer from second where answer`,
    [told],
  )
  t.same(rows, [{ answer: 'cancelling' }])
  for (const task_id of [paused, told]) {
    t.match(await world.becomes(task_id), { status: 'cancelled', state: 'gone' })
  }
  t.same(await world.verify(), [])
})

t.test(
  'a machine that wants to clean up does, also where its worker has no hand free',
  async (t) => {
    const { world, cancel, heard, start } = await ground(t)
    const worker = await start(1)
    const task_id = await world.submit('tidy')
    await heard(worker, `begun ${task_id}`)
    const asked = performance.now()
    t.equal(await cancel(task_id), 'cancelling')
    t.equal(await cancel(task_id), 'cancelling', 'asked twice')
    await heard(worker, `aborted ${task_id}`)
    t.ok(performance.now() - asked < ABORT_MS, `after ${Math.round(performance.now() - asked)} ms`)
    t.match(await world.becomes(task_id), { status: 'cancelled', state: 'gone', revision: 3 })
    t.ok(worker.said().includes(`cleaned ${task_id}`))
    t.equal(worker.said().split(`begun ${task_id}`).length, 2, 'and the step was not begun again')
    t.same(await world.verify(), [])
  },
)

t.test('where its guards refuse, the engine ends it', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start()
  const task_id = await world.submit('stubborn')
  await heard(worker, `begun ${task_id}`)
  t.equal(await cancel(task_id), 'cancelling')
  await heard(worker, `aborted ${task_id}`)
  t.match(await world.becomes(task_id), { status: 'cancelled', state: 'working' })
  t.same(await world.verify(), [])
})

t.test('a step that ignores its signal is left behind, and its worker takes others', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start(1)
  const [first, second] = [await world.submit('deaf'), await world.submit('deaf')]
  await heard(worker, 'begun')
  const begun = worker.said().includes(first) ? first : second
  await cancel(begun)
  await heard(worker, `begun ${begun === first ? second : first}`)
  t.same(await world.verify(), [])
})

t.test('clean-up is for whoever serves next, also where nobody does just now', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start(10, { grace_ms: 0 })
  const [tidy, hurried] = [await world.submit('tidy'), await world.submit('tidy')]
  const long = await world.submit('long')
  for (const task_id of [tidy, hurried, long]) await heard(worker, `begun ${task_id}`)
  await worker.stop()
  t.equal(await cancel(tidy), 'cancelling')
  t.equal(await cancel(tidy), 'cancelling', 'asked twice')
  t.equal(await cancel(hurried, ', at_once => true'), 'cancelled')
  t.equal(await cancel(long), 'cancelled', 'its state does not take it')
  t.match(await world.task(tidy), { status: 'ready', state: 'working' })
  t.match(await world.task(hurried), { status: 'cancelled', state: 'working' })
  const next = await start()
  t.match(await world.becomes(tidy), { status: 'cancelled', state: 'gone' })
  t.ok(next.said().includes(`cleaned ${tidy}`))
  t.notOk(next.said().includes('begun'), 'and no step was begun again')
  t.same(await world.verify(), [])
})

t.test('what was never begun is cancelled at once', async (t) => {
  const { world, cancel } = await ground(t)
  for (const machine of ['long', 'tidy', 'stubborn']) {
    const task_id = await world.submit(machine)
    t.equal(await cancel(task_id), 'cancelled')
    t.equal(await cancel(task_id), 'cancelled', 'asked twice')
    t.match(await world.task(task_id), { status: 'cancelled', state: '(new)', revision: 1 })
  }
  t.same(await world.verify(), [])
})

t.test('who does not want the clean-up need not wait for it', async (t) => {
  const { world, cancel, heard, start } = await ground(t)
  const worker = await start()
  const task_id = await world.submit('tidy')
  await heard(worker, `begun ${task_id}`)
  t.equal(await cancel(task_id, ', at_once => true'), 'cancelled')
  await heard(worker, `aborted ${task_id}`)
  t.match(await world.task(task_id), { status: 'cancelled', state: 'working' })
  t.notOk(worker.said().includes('cleaned'))
})

t.test('what is over, or never was, is not cancelled', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => null),
    await freshDatabase(t),
  )
  await world.work()
  const task_id = await world.submit('one')
  await world.becomes(task_id, 'succeeded')
  const cancel = (id: string) => world.query('select pawl.cancel_task($1)', [id])
  t.match(await refused(cancel(task_id)), {
    code: 'PW205',
    message: 'the task is over: it succeeded',
    hint: /fork_task/,
  })
  const nobody = '01900000-0000-7000-8000-000000000000'
  t.match(await refused(cancel(nobody)), { code: 'PW201', hint: /select task_id/ })
})

t.test('a task of a machine with a limit is cancelled like any other', async (t) => {
  const { world, cancel } = await ground(t)
  await world.query(`select pawl.set_limit('long', 1)`)
  const task_id = await world.submit('long')
  t.equal(await cancel(task_id), 'cancelled')
  t.match(await world.task(task_id), { status: 'cancelled', state: '(new)' })
  t.same(await world.verify(), [])
})
