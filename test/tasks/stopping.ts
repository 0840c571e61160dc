/**
 * SIGTERM, to real worker processes: what is in hand is finished, or handed back within ten
 * seconds, and others go on at once.
 */
import t, { type Test } from 'tap'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP } from '../fixtures/parcels.ts'
import { manySteps } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

async function parcelInHand(t: Test, latency_ms: number) {
  const outside = await effectsServer(latency_ms)
  t.teardown(() => outside.close())
  const world = await worldOf(t, parcels, await freshDatabase(t))
  const options = { url: world.url, app: PARCELS_APP, env: { PARCELS_URL: outside.url } }
  const worker = await workerProcess(t, options)
  const arrived = outside.arrival()
  const task_id = await world.submit('parcel', { id: 1 })
  await arrived
  const attempts = async () => {
    const { rows } = await world.query<{ outcome: string }>(
      'select outcome from pawl.attempts where task_id = $1 order by step_no, attempt',
      [task_id],
    )
    return rows.map((row) => row.outcome)
  }
  return { world, outside, options, worker, task_id, attempts }
}

t.test('a short step is finished, and the next is left to others', async (t) => {
  const { world, outside, options, worker, task_id, attempts } = await parcelInHand(t, 400)
  t.equal(await worker.stop(), 0)
  t.same(await attempts(), ['succeeded'], 'the step in hand, and no other')
  t.match(await world.task(task_id), { status: 'ready', state: 'pricing' })
  t.same(await world.verify(), [], 'something will wake it')
  const next = await workerProcess(t, options)
  await world.becomes(task_id, 'succeeded', 10_000)
  t.equal(await next.stop(), 0)
  await checkParcels(t, world, outside, 1)
})

t.test('a long step is handed back in time, and somebody else goes on', async (t) => {
  const { world, outside, options, worker, task_id, attempts } = await parcelInHand(t, 60_000)
  const begun = performance.now()
  outside.latency_ms = 0
  t.equal(await worker.stop(), 0)
  const took = performance.now() - begun
  t.ok(took < 10_500, `it ended after ${Math.round(took)} ms`)
  t.same(await attempts(), ['handed_back'])
  t.same(await world.verify(), [], 'something will wake it')
  const next = await workerProcess(t, options)
  await world.becomes(task_id, 'succeeded', 10_000)
  t.equal(await next.stop(), 0)
  await checkParcels(t, world, outside, 1)
})

t.test('a worker told to stop in the middle of many steps stops between two of them', async (t) => {
  let ran = 0
  const world = await worldOf(
    t,
    manySteps(async () => ++ran),
    await freshDatabase(t),
  )
  const worker = await world.work()
  const task_id = await world.submit('many', { steps: 2000 })
  await until('it is at work', () => ran > 20)
  await worker.stop()
  const stopped = ran
  t.ok(stopped < 2000, `it stopped after ${stopped}`)
  const { rows } = await world.query<{ outcome: string }>(
    'select distinct outcome from pawl.attempts where task_id = $1',
    [task_id],
  )
  t.same(rows, [{ outcome: 'succeeded' }], 'nothing was dropped')
  await world.work()
  await until('others go on', () => ran > stopped + 20, 10_000)
  t.same(await world.verify(), [])
})
