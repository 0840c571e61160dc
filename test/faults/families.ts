/**
 * Workers killed with -9 while parents, children and actions are in hand: no word and no answer
 * between two tasks is lost, and none comes twice.
 */
import t from 'tap'
import household, { HOUSEHOLD_APP } from '../fixtures/apps/household.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { type WorkerProcess, workerProcess, worldOf } from '../fixtures/workers.ts'

const TASKS = 60
const KILLS = 6
const WORKERS = 2
const PACE = Math.floor((TASKS * 0.8) / KILLS)

t.setTimeout(120_000)

t.test('families outlive the workers that have them in hand', async (t) => {
  const world = await worldOf(t, household, await freshDatabase(t))
  const count = async (condition: string) => {
    const { rows } = await world.query<{ count: number }>(
      `select count(*)::integer from ${condition}`,
    )
    return rows[0]?.count ?? 0
  }
  const ended = () => count(`pawl.tasks where machine = 'household' and finished_at is not null`)
  const hire = () => workerProcess(t, { url: world.url, app: HOUSEHOLD_APP, concurrency: 8 })
  for (let n = 0; n < TASKS; n++) await world.submit('household')
  const crew: WorkerProcess[] = await Promise.all(Array.from({ length: WORKERS }, hire))
  for (let kills = 0; kills < KILLS; kills++) {
    await until('tasks go on', async () => (await ended()) >= kills * PACE, 60_000)
    await crew.shift()?.kill()
    crew.push(await hire())
  }
  await until('all have ended', async () => (await ended()) === TASKS, 60_000)
  const open = `pawl.steps where kind = 'action' and status = 'open'`
  await until('all actions are done', async () => (await count(open)) === 0, 60_000)

  const { rows } = await world.query<{ status: string; output: unknown; count: number }>(
    `select status, output, count(*)::integer from pawl.tasks
     where machine = 'household' group by status, output`,
  )
  t.same(rows, [
    {
      status: 'succeeded',
      output: { learned: ['ann', 'ben'], done: ['ann', 'ben', 'cook'] },
      count: TASKS,
    },
  ])
  t.equal(await count(`pawl.tasks where machine = 'pupil' and status = 'succeeded'`), TASKS * 2)
  t.equal(await count(`pawl.tasks where machine = 'pupil'`), TASKS * 2)
  t.equal(await count(`pawl.steps where kind = 'action' and status = 'succeeded'`), TASKS)
  t.ok((await count(`pawl.attempts where outcome = 'lost'`)) > 0, 'the kills met somebody')
  t.same(await world.verify(), [])
  for (const worker of crew) await worker.stop()
})
