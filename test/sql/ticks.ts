/** What every worker does all the time, whether there is work or not, is cheap. */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'

const db = await freshDatabase(t)

for (const statement of [
  `select pawl.beat_worker(gen_random_uuid())`,
  `select pawl.take_tick('sweep', '1 second')`,
]) {
  t.test(`nobody waits for the disk: ${statement}`, async (t) => {
    const durable = async () => (await db.query('show synchronous_commit')).rows[0]
    await db.query('begin')
    t.teardown(() => db.query('rollback'))
    t.same(await durable(), { synchronous_commit: 'on' })
    await db.query(statement)
    t.same(await durable(), { synchronous_commit: 'off' }, 'as it is at COMMIT')
  })
}
