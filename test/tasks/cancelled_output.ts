/** A machine that ends in a state tagged `cancelled` may say what stands. */
import t from 'tap'
import { assign, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

const input = z.looseObject({})
const outputOf = ({ event }: { event: { output?: unknown } }) => event.output ?? null

const tidy = createMachine({
  id: 'tidy',
  initial: 'open',
  output: outputOf,
  states: {
    open: { on: { 'pawl.cancel': 'tidying', END: 'done' } },
    tidying: { invoke: { id: 'clean', src: 'clean', onDone: 'gone' } },
    done: { type: 'final' },
    gone: { type: 'final', tags: ['cancelled'], output: outputOf },
  },
})

const parent = createMachine({
  id: 'parent',
  context: { heard: null as unknown },
  initial: 'asking',
  states: {
    asking: {
      invoke: {
        id: 'ask',
        src: 'tidy',
        input: {},
        onError: { target: 'heard', actions: assign({ heard: ({ event }) => event.error }) },
      },
    },
    heard: { on: { END: 'done' } },
    done: { type: 'final' },
  },
})

const stands = { stands: ['a parcel that was sent'] }
const child = defineMachine(tidy, { input, actors: { clean: async () => stands } })
const app = defineApp({
  machines: [child, defineMachine(parent, { input, actors: { tidy: child } })],
})

t.test('what it says is the task’s output, and its parent and its client hear it', async (t) => {
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const task_id = await world.submit('tidy')
  await world.becomes(task_id, 'waiting')
  t.equal(await client.cancel(task_id), 'cancelling')
  t.strictSame(await client.result(task_id), {
    task_id,
    status: 'cancelled',
    state: 'gone',
    output: stands,
  })
  const parent_id = await world.submit('parent')
  await world.becomes(parent_id, 'waiting')
  const { rows } = await world.query<{ task_id: string }>(
    'select task_id from pawl.tasks where parent_task_id = $1',
    [parent_id],
  )
  const child_id = rows[0]?.task_id ?? ''
  await world.becomes(child_id, 'waiting')
  t.equal(await client.cancel(child_id), 'cancelling')
  t.match(await world.becomes(child_id), { status: 'cancelled', output: stands })
  const { snapshot } = await world.becomes(parent_id, 'waiting')
  t.match(snapshot, { context: { heard: { code: 'cancelled', output: stands } } })
  t.same(await world.verify(), [])
})

t.test('where the engine ends it there is none', async (t) => {
  const world = await worldOf(t, app, await freshDatabase(t))
  const task_id = await world.submit('tidy')
  await world.query('select pawl.cancel_task($1)', [task_id])
  t.match(await world.task(task_id), { status: 'cancelled', output: null })
})
