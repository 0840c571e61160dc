/**
 * A worker has only so many tasks in hand; the others get their turn.
 */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { manySteps, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

t.test('a task with many steps lets others in between', async (t) => {
  let ran = 0
  const world = await worldOf(
    t,
    manySteps(async () => ++ran),
    db,
  )
  const long = await world.submit('many', { steps: 400 })
  await world.work({ concurrency: 1 })
  await until('the long one is at work', () => ran > 0)
  const short = await world.submit('many', { steps: 1 })
  await world.becomes(short, 'succeeded')
  t.equal((await world.task(long)).status, 'ready', 'the long one is not done yet')
  await world.becomes(long, 'succeeded')
  t.equal(ran, 401, 'each step ran once')
  t.same(await world.verify(), [])
})

t.test('no more tasks are in hand than were asked for, and no fewer', async (t) => {
  let in_hand = 0
  let most = 0
  const world = await worldOf(
    t,
    oneStep(async () => {
      most = Math.max(most, ++in_hand)
      await new Promise((resolve) => setTimeout(resolve, 30))
      in_hand--
    }),
    db,
  )
  await world.work({ concurrency: 7 })
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input)
     select 'one', '{}' from generate_series(1, 60) returning task_id`,
  )
  for (const { task_id } of rows) await world.becomes(task_id, 'succeeded')
  t.equal(most, 7)
})

t.test('tasks inserted one by one are in hand together, too', async (t) => {
  let in_hand = 0
  const all = Promise.withResolvers<void>()
  const world = await worldOf(
    t,
    oneStep(async () => {
      if (++in_hand === 20) all.resolve()
      await all.promise
    }),
    db,
  )
  await world.work({ concurrency: 20 })
  const task_ids: string[] = []
  for (let n = 0; n < 20; n++) task_ids.push(await world.submit('one'))
  for (const task_id of task_ids) await world.becomes(task_id, 'succeeded')
  t.equal(in_hand, 20)
})
