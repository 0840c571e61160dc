/**
 * Postgres was away, and its start does not say so: one of its sessions crashed, and the same
 * server began anew.  What tells is that nobody showed a sign of life meanwhile.
 */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { sqlWorld } from '../fixtures/sql_world.ts'

const AWAY_MS = 60_000
const BEAT_MS = 1000

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
// These stories have no witness but their own workers.
await world.query('update pawl.workers set stopped_at = pawl.clock()')
const beat = (...ids: string[]) =>
  Promise.all(ids.map((id) => worker.query('select pawl.beat_worker($1)', [id])))
const buried = () => world.value<string>('select buried from pawl.sweep()', [], worker)
/** Signs of life for so long, and how many are buried by the end of it. */
const live = async (beats: number, ...ids: string[]) => {
  let count = 0
  for (let n = 0; n < beats; n++) {
    await world.tick(BEAT_MS)
    await beat(...ids)
    count += Number(await buried())
  }
  return count
}
const [one, other, third] = [await world.worker(), await world.worker(), await world.worker()]

t.test('a silent worker is buried after its lease, where another one lives', async (t) => {
  const dead = await world.worker()
  await beat(one, other, third, dead)
  t.equal(await live(4, one, other, third), 0)
  t.equal(await live(1, one, other, third), 1)
})

t.test('who sweeps first when Postgres comes back buries nobody', async (t) => {
  await world.tick(AWAY_MS)
  t.equal(await buried(), '0', 'before any sign of life')
  await beat(one)
  t.equal(await buried(), '0', 'and after its own')
  await world.tick(BEAT_MS)
  await beat(one, other)
  t.equal(await buried(), '0')
})

t.test('who does not come back within a lease is buried then', async (t) => {
  t.equal(await live(3, one, other), 0)
  t.equal(await live(1, one, other), 1)
  t.equal(await world.value('select pawl.beat_worker($1)', [third], worker), false)
})

t.test('so is who died with all the others, when one has lived for a lease again', async (t) => {
  await world.tick(AWAY_MS)
  const fresh = await world.worker()
  t.equal(await live(4, fresh), 0)
  t.equal(await live(1, fresh), 2)
})

t.test('who has a longer lease, and shows signs more rarely, sees no shorter outage', async (t) => {
  const patient = randomUUID()
  const text = `select pawl.start_worker($1, 'r', 'host', 1, '{}', 10, lease => '1 minute')`
  await worker.query(text, [patient])
  await world.query(
    `update pawl.workers set stopped_at = pawl.clock()
     where worker_id <> $1 and buried_at is null`,
    [patient],
  )
  await live(60, patient)
  const usual = await world.worker()
  // Its next sign of life is due only now: to itself nothing was amiss.
  await world.tick(20_000)
  await beat(patient)
  t.equal(await buried(), '0')
  t.equal(await live(1, patient, usual), 0)
  t.equal(await live(59, patient), 0)
  t.equal(await live(1, patient), 1, 'who is seen by it alone has its lease')
})
