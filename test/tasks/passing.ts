/** An error that passes costs no result: it is written once that has passed. */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { failOnce } from '../fixtures/fail_once.ts'
import { caughtStep, oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)
const WHEN_IT_SUCCEEDS = `pawl.steps for each row when (new.status = 'succeeded')`

for (const code of ['40P01', '57014', '53100']) {
  t.test(`no step is done twice for a ${code} at its commit`, async (t) => {
    const db = await freshDatabase(t)
    let runs = 0
    const world = await worldOf(
      t,
      oneStep(async () => ++runs),
      db,
    )
    await failOnce(db, code, WHEN_IT_SUCCEEDS)
    await world.work()
    t.match(await world.hurried(await world.submit('one')), { status: 'succeeded', output: 1 })
    t.same(await world.verify(), [])
  })
}

t.test('the success of a last attempt is not told as an error', async (t) => {
  const db = await freshDatabase(t)
  let runs = 0
  const work = async () => {
    if (++runs < 3) throw new Error('not yet')
    return 'done'
  }
  const world = await worldOf(t, caughtStep(work), db)
  await failOnce(db, '40P01', WHEN_IT_SUCCEEDS)
  await world.work()
  t.match(await world.hurried(await world.submit('caught')), { state: 'done' })
})
