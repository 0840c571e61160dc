/** Regions go on at the same time, each on whichever worker is free. */
import t, { type Test } from 'tap'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { never } from '../fixtures/live_machine.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const SIDES = ['a', 'b', 'c'] as const

/** Begins a step in each of three regions, and ends when all three have. */
function threeAtOnce(work: Actor): App {
  const region = (id: string) => ({
    initial: 'working',
    states: {
      working: {
        invoke: {
          id,
          src: 'work' as const,
          input: { side: id },
          onDone: { target: 'done', actions: 'keep' as const },
        },
      },
      done: { type: 'final' as const },
    },
  })
  const machine = setup({
    types: { context: {} as { kept: string[] } },
    actors: { work: fromPromise<{ side: string }, { side: string }>(never) },
    actions: {
      keep: assign({ kept: ({ context, event }) => [...context.kept, event['output'].side] }),
    },
  }).createMachine({
    id: 'three',
    context: { kept: [] },
    type: 'parallel',
    states: { a: region('a'), b: region('b'), c: region('c') },
    output: ({ context }) => context.kept.toSorted(),
  })
  return defineApp({
    machines: [defineMachine(machine, { input: z.looseObject({}), actors: { work } })],
  })
}

t.test('steps that wait for each other all run, on workers of one hand each', async (t) => {
  const met = Promise.withResolvers<void>()
  let begun = 0
  const app = threeAtOnce(async ({ input }) => {
    if (++begun === SIDES.length) met.resolve()
    await met.promise
    return { side: Object(input)['side'] }
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  for (const _ of SIDES) await world.work({ concurrency: 1 })
  const task_id = await world.submit('three')
  t.match(await world.becomes(task_id), {
    status: 'succeeded',
    state: 'a.done|b.done|c.done',
    output: [...SIDES],
  })
  const { rows } = await world.query(
    'select count(distinct worker_id)::int as workers from pawl.attempts where task_id = $1',
    [task_id],
  )
  t.same(rows, [{ workers: SIDES.length }])
  t.same(await world.verify(), [])
})

t.test('results that come at the same moment are all delivered', async (t) => {
  const tasks_count = 25
  const waiting = new Map<string, { count: number; open: () => void; met: Promise<void> }>()
  const app = threeAtOnce(async ({ task_id, input }) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const here = waiting.get(task_id) ?? { count: 0, open: resolve, met: promise }
    waiting.set(task_id, here)
    if (++here.count === SIDES.length) here.open()
    await here.met
    return { side: Object(input)['side'] }
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work({ concurrency: 40 })
  await world.work({ concurrency: 40 })
  const ids = await Promise.all(Array.from({ length: tasks_count }, () => world.submit('three')))
  for (const task_id of ids) {
    t.match(await world.becomes(task_id, undefined, 30_000), {
      status: 'succeeded',
      output: [...SIDES],
    })
  }
  const { rows } = await world.query('select count(*)::int as attempts from pawl.attempts')
  t.same(rows, [{ attempts: tasks_count * SIDES.length }], 'and nothing ran twice')
  t.same(await world.verify(), [])
})

/** Long before the sweep would find what nobody looks after. */
const AT_ONCE_MS = 10_000
const end = { type: 'final' as const }

type Gate = ReturnType<typeof gated>
type Regions = NonNullable<Parameters<typeof createMachine>[0]['states']>

async function resting(t: Test, states: Regions, gates: Record<string, Gate>) {
  const machine = createMachine({ id: 'errand', type: 'parallel', states })
  const actors = Object.fromEntries(Object.entries(gates).map(([src, it]) => [src, it.work]))
  const app = defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors })] })
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const quiet = () =>
    until('no wake-up is under way', async () => {
      const { rows } = await world.query('select from graphile_worker._private_jobs')
      return rows.length === 0
    })
  return { world, client, quiet }
}

t.test('whose steps ended while their task rested go on together', async (t) => {
  const gates = { a1: gated(), b1: gated(), a2: gated(), b2: gated() }
  const region = (side: 'a' | 'b') => ({
    initial: 'one',
    states: {
      one: { invoke: { id: `${side}1`, src: `${side}1`, onDone: 'two' } },
      two: { invoke: { id: `${side}2`, src: `${side}2`, onDone: 'end' } },
      end,
    },
  })
  const { world, client, quiet } = await resting(t, { a: region('a'), b: region('b') }, gates)
  await world.work()
  const task_id = await client.submit('errand', {})
  const { a1, b1, a2, b2 } = gates
  await until('both are in hand', () => a1.begun() === 1 && b1.begun() === 1)
  await client.pause(task_id)
  a1.open()
  b1.open()
  await until('both have ended', async () => {
    const { rows } = await world.query(`select from pawl.steps where status = 'succeeded'`)
    return rows.length === 2
  })
  await quiet()
  await client.resume(task_id)
  await until('both go on', () => a2.begun() === 1 && b2.begun() === 1, AT_ONCE_MS)
  a2.open()
  b2.open()
  t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.same(await world.verify(), [])
})

t.test('an event that begins a step keeps no other step waiting', async (t) => {
  const gates = { a: gated(), b: gated(), c: gated() }
  const invoking = (src: string) => ({ invoke: { id: src, src, onDone: 'end' } })
  const { world, client, quiet } = await resting(
    t,
    {
      a: { initial: 'idle', states: { idle: { on: { GO: 'busy' } }, busy: invoking('a'), end } },
      b: { initial: 'busy', states: { busy: invoking('b'), end } },
      c: { initial: 'busy', states: { busy: invoking('c'), end } },
    },
    gates,
  )
  const task_id = await client.submit('errand', {})
  await client.pause(task_id)
  await client.send(task_id, { type: 'GO' })
  await world.work()
  await quiet()
  await client.resume(task_id)
  const { a, b, c } = gates
  const all = [a, b, c]
  await until('all are in hand', () => all.every((it) => it.begun() === 1), AT_ONCE_MS)
  for (const gate of all) gate.open()
  t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.same(await world.verify(), [])
})
