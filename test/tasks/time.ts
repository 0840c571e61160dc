/**
 * What has its time comes at its time: timers, tasks that may not begin before, and what is more
 * urgent than what came first.
 */
import t from 'tap'
import { createMachine } from 'xstate'
import { freshDatabase } from '../fixtures/database.ts'
import { appOf, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

t.test('on an idle system a timer fires within 250 ms of its time', async (t) => {
  const machine = createMachine({
    id: 'naps',
    initial: 'first',
    states: {
      first: { after: { 130: 'second' } },
      second: { after: { 700: 'third' } },
      third: { after: { 1900: 'awake' } },
      awake: { type: 'final' },
    },
  })
  const world = await worldOf(
    t,
    appOf(machine, async () => null),
    db,
  )
  const workers = [await world.work(), await world.work()]
  const task_ids = [await world.submit('naps'), await world.submit('naps')]
  for (const task_id of task_ids) await world.becomes(task_id, 'succeeded')
  const { rows } = await db.query<{ state: string; late_ms: number }>(
    `select
       n.from_state as state,
       extract(epoch from n.created_at - p.created_at)::float8 * 1000 - case n.from_state
         when 'first' then 130 when 'second' then 700 else 1900 end as late_ms
     from pawl.transitions as p
     join pawl.transitions as n on n.task_id = p.task_id and n.revision = p.revision + 1
     where n.cause = 'timer'`,
  )
  t.equal(rows.length, 6)
  for (const { state, late_ms } of rows) {
    t.ok(late_ms >= 0 && late_ms < 250, `${state}: ${late_ms.toFixed(1)} ms late`)
  }
  await Promise.all(workers.map((worker) => worker.stop()))
})

t.test('a task begins at its run_at, and not before', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 1),
    db,
  )
  const worker = await world.work()
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input, run_at)
     select 'one', '{}', pawl.clock() + n * interval '1 millisecond'
     from unnest(array[100, 900, 1600]) as n
     returning task_id`,
  )
  for (const { task_id } of rows) await world.becomes(task_id, 'succeeded')
  const { rows: late } = await db.query<{ late_ms: number }>(
    `select extract(epoch from r.created_at - t.run_at)::float8 * 1000 as late_ms
     from pawl.tasks as t
     join pawl.transitions as r on r.task_id = t.task_id and r.revision = 1
     where t.machine = 'one'`,
  )
  t.equal(late.length, 3)
  for (const { late_ms } of late) {
    t.ok(late_ms >= 0 && late_ms < 250, `${late_ms.toFixed(1)} ms late`)
  }
  t.same((await db.query('select from pawl.timers')).rows, [])
  await worker.stop()
})

t.test('what is more urgent does not wait behind what came first', async (t) => {
  const order: number[] = []
  const world = await worldOf(
    t,
    oneStep(async (ctx) => {
      const { urgency } = ctx.input as { urgency: number }
      await new Promise((resolve) => setTimeout(resolve, 10))
      order.push(urgency)
    }),
    db,
  )
  const submit = (urgency: number, count: number) =>
    db.query(
      `insert into pawl.tasks (machine, input, priority)
       select 'one', jsonb_build_object('urgency', $1::integer), $1
       from generate_series(1, $2)`,
      [urgency, count],
    )
  await submit(9, 200)
  const worker = await world.work({ concurrency: 2 })
  await until('the many are at work', () => order.length > 5)
  await submit(5, 10)
  await submit(-5, 10)
  const then = order.length
  await until('all are done', () => order.length === 220)
  const before = (urgency: number) => order.slice(0, order.lastIndexOf(urgency)).length
  t.ok(before(-5) < then + 100, `the most urgent were done after ${before(-5)}, from ${then} on`)
  t.ok(before(-5) < before(5), 'and before what is less so')
  t.ok(before(5) < then + 130, `which were done after ${before(5)}`)
  await worker.stop()
  t.same(await world.verify(), [])
})
