/** What the other tests stand on: clones, a clock that stands still, a server of one's own. */
import t from 'tap'
import { freshDatabase, once, ownCluster, stoppedClock } from '../fixtures/database.ts'
import { ask } from '../fixtures/embedded.ts'

t.test('two clones know nothing of each other', async (t) => {
  const [one, other] = await Promise.all([freshDatabase(t), freshDatabase(t)])
  await one.query('create table public.mine ()')
  const { rows } = await other.query(`select to_regclass('public.mine') as mine`)
  t.same(rows, [{ mine: null }])
})

t.test('a stopped clock moves only when it is told, for every role', async (t) => {
  const db = await freshDatabase(t)
  const advance = await stoppedClock(db)
  const worker = await db.as('pawl_worker')
  const read = async () => (await worker.query('select stopped.clock.at from stopped.clock')).rows
  const before = await advance(0)
  t.same(await read(), [{ at: before }])
  const after = await advance(90_000)
  t.equal(after.getTime() - before.getTime(), 90_000)
  t.same((await db.query('select pawl.clock() as at')).rows, [{ at: after }])
  t.same(await read(), [{ at: after }])
})

t.test('what was committed survives a kill -9 of the server', async (t) => {
  const cluster = await ownCluster(t)
  await once(cluster.database, 'create table public.kept as select 1 as one')
  await cluster.kill()
  await t.rejects(ask(cluster.database, 'select 1'))
  await cluster.start()
  t.same(await ask(cluster.database, 'select one from public.kept'), [{ one: 1 }])
  await cluster.stop()
  await cluster.start()
  t.same(await ask(cluster.database, 'select one from public.kept'), [{ one: 1 }])
})
