/**
 * A worker that is taken for dead and is not: whatever it still does is refused, and it comes
 * back as somebody else.
 */
import { once } from 'node:events'
import t from 'tap'
import { z } from 'zod'
import type { Actor } from '../../src/app/define_machine.ts'
import { defineTool } from '../../src/tools/define_tool.ts'
import { found } from '../../src/tools/outcomes.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { gated, manySteps, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

async function attemptsOf(task_id: string) {
  const { rows } = await db.query<{ outcome: string; worker_id: string }>(
    `select outcome, worker_id from pawl.attempts where task_id = $1 order by attempt`,
    [task_id],
  )
  return rows
}

t.test('a buried worker drops its step and goes on under a new id', async (t) => {
  const step = gated()
  let reason: unknown
  let runs = 0
  const work: Actor = async (ctx) => {
    if (++runs > 1) return 'done'
    ctx.signal.addEventListener('abort', () => {
      reason = ctx.signal.reason
    })
    return step.work(ctx)
  }
  const world = await worldOf(t, oneStep(work), db)
  const worker = await world.work()
  const first = worker.worker_id
  const task_id = await world.submit('one')
  await until('the step is in hand', () => step.begun() === 1)
  await db.query('select pawl.bury_worker($1)', [first])
  const seen = await world.becomes(task_id)
  t.match(seen, { status: 'succeeded', output: 'done' })
  t.not(worker.worker_id, first)
  t.match(reason, { code: 'PW401' }, 'its signal told the function to stop')
  t.same(await attemptsOf(task_id), [
    { outcome: 'lost', worker_id: first },
    { outcome: 'succeeded', worker_id: worker.worker_id },
  ])
  t.same(await world.verify(), [])
  await worker.stop()
  const { rows } = await db.query(
    `select buried_at is not null as buried, stopped_at is not null as stopped
     from pawl.workers where worker_id = any ($1) order by started_at`,
    [[first, worker.worker_id]],
  )
  t.same(rows, [
    { buried: true, stopped: false },
    { buried: false, stopped: true },
  ])
})

t.test('a long tool call under way is told at once that its worker was buried', async (t) => {
  const calls: AbortSignal[] = []
  const wait = defineTool({
    name: 'wait',
    description: 'Waits for something outside that takes minutes.',
    input: z.looseObject({}),
    output: z.object({ call: z.int() }),
    class: 'read',
    timeout_ms: 300_000,
    run: async (_args, { signal }) => {
      const call = calls.push(signal)
      if (call === 1) await once(signal, 'abort')
      signal.throwIfAborted()
      return found({ call })
    },
  })
  const world = await worldOf(
    t,
    oneStep((ctx) => ctx.tool('wait', {}), { tools: [wait] }),
    db,
  )
  const worker = await world.work()
  const task_id = await world.submit('one')
  await until('the call is under way', () => calls.length === 1)
  const started = performance.now()
  await db.query('select pawl.bury_worker($1)', [worker.worker_id])
  await until('the call is told', () => calls[0]?.aborted, 2_000)
  t.ok(performance.now() - started < 1_500, 'with the next sign of life')
  t.match(await world.becomes(task_id), { status: 'succeeded', output: { value: { call: 2 } } })
  t.same(await world.verify(), [])
  await worker.stop()
})

t.test('a result that comes after the burial is refused', async (t) => {
  const gate = Promise.withResolvers<void>()
  let runs = 0
  // It does not listen to its signal.
  const work: Actor = async () => {
    const run = ++runs
    if (run === 1) await gate.promise
    return run
  }
  const world = await worldOf(t, oneStep(work), db)
  const worker = await world.work()
  const first = worker.worker_id
  const task_id = await world.submit('one')
  await until('the step is in hand', () => runs === 1)
  await db.query('select pawl.bury_worker($1)', [first])
  gate.resolve()
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 2 })
  t.same(await world.verify(), [])
})

t.test('tasks that a buried worker had not come to yet are woken at once', async (t) => {
  const step = gated()
  let runs = 0
  const work: Actor = (ctx) => (++runs === 1 ? step.work(ctx) : Promise.resolve('done'))
  const world = await worldOf(t, oneStep(work), db)
  const worker = await world.work({ concurrency: 1 })
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input)
     select 'one', '{}' from generate_series(1, 5) returning task_id`,
  )
  await until('the first is in hand', () => step.begun() === 1)
  await db.query('select pawl.bury_worker($1)', [worker.worker_id])
  // Sooner than the sweep would miss them.
  for (const { task_id } of rows) await world.becomes(task_id, 'succeeded', 15_000)
  t.equal(runs, 6)
  t.same(await world.verify(), [])
})

t.test('a worker that is buried again and again loses no task', async (t) => {
  let ran = 0
  const work: Actor = async () => ++ran
  const world = await worldOf(t, manySteps(work), db)
  const worker = await world.work()
  const task_ids: string[] = []
  for (let n = 0; n < 20; n++) task_ids.push(await world.submit('many', { steps: 10 }))
  for (let times = 0; times < 3; times++) {
    const { worker_id } = worker
    await db.query('select pawl.bury_worker($1)', [worker_id])
    await until('it came back', () => worker.worker_id !== worker_id)
  }
  for (const task_id of task_ids) {
    t.match(await world.becomes(task_id), { status: 'succeeded', revision: 11 })
  }
  t.same(await world.verify(), [])
})
