/**
 * A limit holds over all workers, whatever becomes of them: counted by the outside server, which
 * knows how many steps are with it at once.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { registerApp } from '../../src/app/register.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP, submitParcels, untilAllEnded } from '../fixtures/parcels.ts'
import { manySteps } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

/** Answers after a while, and knows how many it had at once. */
async function countingServer(t: Test, latency_ms: number) {
  const seen = { now: 0, most: 0, all: 0 }
  const server = createServer((_request, response) => {
    seen.most = Math.max(seen.most, ++seen.now)
    seen.all++
    setTimeout(() => {
      seen.now--
      response.end()
    }, latency_ms)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, seen }
}

t.test('three workers, two at once: never more are with the server, and all end', async (t) => {
  const outside = await countingServer(t, 15)
  const app = manySteps(async () => {
    await (await fetch(outside.url)).text()
    return 1
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.query(`select pawl.set_limit('many', 2)`)
  for (let n = 0; n < 3; n++) await world.work({ figures: { lease_ms: 60_000 } })
  await world.query(
    `insert into pawl.tasks (machine, input) select 'many', '{"steps": 3}' from generate_series(1, 40)`,
  )
  await until(
    'all have ended',
    async () => {
      const { rows } = await world.query('select from pawl.tasks where finished_at is null')
      return rows.length === 0
    },
    60_000,
  )
  t.equal(outside.seen.all, 120)
  t.equal(outside.seen.most, 2)
  t.same((await world.query('select from pawl.limit_queue')).rows, [])
  t.same(await world.verify(), [])
})

t.test('a limit set while work is under way holds from then on', async (t) => {
  const outside = await countingServer(t, 40)
  const app = manySteps(async () => {
    await (await fetch(outside.url)).text()
    return 1
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  for (let n = 0; n < 2; n++) await world.work()
  await world.query(
    `insert into pawl.tasks (machine, input) select 'many', '{"steps": 4}' from generate_series(1, 12)`,
  )
  await until('many are under way', () => outside.seen.most > 4)
  await world.query(`select pawl.set_limit('many', 3)`)
  await until('what was in hand before has ended', async () => {
    const { rows } = await world.query('select from pawl.attempts where finished_at is null')
    return rows.length <= 3
  })
  outside.seen.most = 0
  await until('all have ended', async () => {
    const { rows } = await world.query('select from pawl.tasks where finished_at is null')
    return rows.length === 0
  })
  t.equal(outside.seen.all, 48)
  t.ok(outside.seen.most <= 3, `${outside.seen.most} at once`)
})

t.test('the slots of a worker that is killed are free again', async (t) => {
  const outside = await effectsServer(20)
  t.teardown(() => outside.close())
  const world = await worldOf(t, parcels, await freshDatabase(t))
  await world.query(`select pawl.set_limit('parcel', 3)`)
  const options = { url: world.url, app: PARCELS_APP, env: { PARCELS_URL: outside.url } }
  const workers = [await workerProcess(t, options), await workerProcess(t, options)]
  await submitParcels(world, 12)
  await until('both have slots', async () => {
    const { rows } = await world.query(
      `select distinct worker_id from pawl.attempts where finished_at is null`,
    )
    return rows.length === 2
  })
  await workers[0]?.kill()
  await untilAllEnded(world, 12, 60_000)
  await checkParcels(t, world, outside, 12)
})

t.test('a machine’s own code may give it limits, which hold once it is registered', async (t) => {
  const outside = await countingServer(t, 15)
  const machine = createMachine({
    id: 'polite',
    initial: 'asking',
    states: {
      asking: { invoke: { id: 'ask', src: 'ask', onDone: 'done' } },
      done: { type: 'final' },
    },
  })
  const ask = async () => (await fetch(outside.url)).text()
  const spec = { input: z.object({}), actors: { ask } }
  const concurrency = { max: 4, per_label: { customer: 1 } }
  const app = defineApp({ machines: [defineMachine(machine, { ...spec, concurrency })] })
  const world = await worldOf(t, app, await freshDatabase(t))
  const limits = async () =>
    (await world.query('select label, in_hand_max from pawl.limits order by limit_id')).rows
  t.same(await limits(), [
    { label: null, in_hand_max: 4 },
    { label: 'customer', in_hand_max: 1 },
  ])
  await world.work()
  await world.work()
  await world.query(
    `insert into pawl.tasks (machine, input, labels)
     select 'polite', '{}', jsonb_build_object('customer', n % 3) from generate_series(1, 15) as n`,
  )
  await until('all have ended', async () => {
    const { rows } = await world.query('select from pawl.tasks where finished_at is null')
    return rows.length === 0
  })
  t.equal(outside.seen.all, 15)
  t.ok(outside.seen.most <= 3, 'one of each of three')
  await world.query(`select pawl.set_limit('polite', null, label => 'customer')`)
  await registerApp(world.url, defineApp({ machines: [defineMachine(machine, spec)] }))
  t.same(
    await limits(),
    [{ label: null, in_hand_max: 4 }],
    'of what it does not speak it says nothing',
  )
})
