/** What a step or a machine brings and nobody can keep: named, and nothing is lost. */
import t, { type Test } from 'tap'
import { assign, createMachine } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { refused } from '../fixtures/refused.ts'
import { caughtStep, oneStep } from '../fixtures/small_machines.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

async function working(t: Test, app: App): Promise<World> {
  const world = await worldOf(t, app)
  await world.work()
  return world
}

const stepsOf = async (world: World, task_id: string) =>
  (await world.query('select status, output, error from pawl.steps where task_id = $1', [task_id]))
    .rows

/** Its output is what the step brings, and should have a receipt. */
function receipted(work: Actor): App {
  const machine = createMachine({
    id: 'receipted',
    initial: 'working',
    output: ({ event }) => ('output' in event ? event['output'] : null),
    states: {
      working: { invoke: { id: 'work', src: 'work', onDone: 'done' } },
      done: { type: 'final', output: ({ event }) => ('output' in event ? event['output'] : null) },
    },
  })
  const output = z.object({ receipts: z.array(z.object({ no: z.int() })) })
  return defineApp({
    machines: [defineMachine(machine, { input: z.object({}), output, actors: { work } })],
  })
}

t.test('an output that does not fit its schema stops the task, with the path', async (t) => {
  const world = await working(
    t,
    receipted(async () => ({ receipts: [{ no: 1 }, { no: 'two' }] })),
  )
  const task_id = await world.submit('receipted')
  t.match(await world.becomes(task_id), {
    status: 'failed',
    state: 'working',
    output: null,
    error: { code: 'PW210', message: /^the output does not fit at receipts\[1\]\.no: /, hint: /./ },
  })
  t.match(await stepsOf(world, task_id), [
    { status: 'succeeded', output: { receipts: [{ no: 1 }, { no: 'two' }] } },
  ])
  t.same(await world.verify(), [])
})

t.test('an output that fits ends the task', async (t) => {
  const world = await working(
    t,
    receipted(async () => ({ receipts: [{ no: 1 }] })),
  )
  const seen = await world.becomes(await world.submit('receipted'))
  t.match(seen, { status: 'succeeded', output: { receipts: [{ no: 1 }] } })
})

t.test(
  'a context over 256 KB is not kept: the task stops, its step’s result is stored',
  async (t) => {
    const keep = assign({ page: ({ event }) => ('output' in event ? event['output'] : null) })
    const machine = createMachine({
      id: 'hoarder',
      context: {},
      initial: 'reading',
      states: {
        reading: { invoke: { id: 'read', src: 'read', onDone: { target: 'done', actions: keep } } },
        done: { type: 'final' },
      },
    })
    const read = async () => 'x'.repeat(300_000)
    const app = defineApp({
      machines: [defineMachine(machine, { input: z.object({}), actors: { read } })],
    })
    const world = await working(t, app)
    const task_id = await world.submit('hoarder')
    t.match(await world.becomes(task_id), {
      status: 'failed',
      state: 'reading',
      error: {
        code: 'PW209',
        message: /^context has grown to 30\d{4} characters; at most 262144 are kept$/,
        hint: /in context what finds them/,
      },
    })
    t.match(await stepsOf(world, task_id), [{ status: 'succeeded' }])
    t.same(await world.verify(), [])
  },
)

t.test(
  'a step that returns a function or a circle fails by name, and its machine hears of it',
  async (t) => {
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    for (const [value, message] of [
      [{ next: [() => 1] }, /^the output of work\.next\[0\] is a function, which is not JSON$/],
      [ring, /^the output of work(\.ring)+.*… is nested deeper than 200, or holds itself, which/],
    ] as const) {
      const stopped = await working(
        t,
        oneStep(async () => value),
      )
      const task_id = await stopped.submit('one')
      const error = { code: 'PW603', message }
      t.match(await stopped.becomes(task_id), { status: 'failed', state: 'working', error })
      t.match(await stepsOf(stopped, task_id), [{ status: 'failed', error }])
      t.same(await stopped.verify(), [])
      const caught = await working(
        t,
        caughtStep(async () => value),
      )
      t.match(await caught.becomes(await caught.submit('caught')), {
        status: 'succeeded',
        state: 'mended',
      })
    }
  },
)

t.test(
  'an event that no state ever takes is refused at the send, with those it knows',
  async (t) => {
    const machine = createMachine({
      id: 'door',
      initial: 'open',
      states: { open: { on: { SHUT: 'shut' } }, shut: { type: 'final' } },
    })
    const world = await working(
      t,
      defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors: {} })] }),
    )
    const task_id = await world.submit('door')
    await world.becomes(task_id, 'waiting')
    const no = await refused(
      world.query('select pawl.send_event(task_id => $1, event => $2)', [
        task_id,
        { type: 'SLAM' },
      ]),
    )
    t.match(no, { code: 'PW202', hint: /SHUT/ })
    t.match(await world.task(task_id), { status: 'waiting', state: 'open' })
  },
)

t.test('a machine over the ceiling is refused when it is defined, with advice', async (t) => {
  const states = Object.fromEntries(
    Array.from({ length: 150 }, (_, at) => [
      `s${at}`,
      { on: Object.fromEntries(Array.from({ length: 150 }, (_, to) => [`E${to}`, `s${to}`])) },
    ]),
  )
  const machine = createMachine({ id: 'vast', initial: 's0', states })
  t.throws(() => defineMachine(machine, { input: z.object({}), actors: {} }), {
    code: 'PW603',
    message: /machine 'vast' has (more than 20000|\d+) edges/,
    hint: /split it into several machines/,
  })
})
