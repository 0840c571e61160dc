/** Regions go on at the same time, each on whichever worker is free. */
import t from 'tap'
import { assign, fromPromise, setup } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { never } from '../fixtures/live_machine.ts'
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
