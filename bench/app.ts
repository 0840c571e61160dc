/**
 * The smallest machine that keeps a full diary: five steps in a row, each with a small result.
 */
import { assign, createMachine, fromPromise } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../src/app/define_app.ts'
import { defineMachine } from '../src/app/define_machine.ts'

const RESULT = { text: 'x'.repeat(180) }
const NAMES = ['first', 'second', 'third', 'fourth', 'fifth']

const states = NAMES.map((name, index) => {
  const target = NAMES[index + 1] ?? 'done'
  return [name, { invoke: { id: name, src: 'work', onDone: { target, actions: 'counted' } } }]
})

const machine = createMachine(
  {
    id: 'five_steps',
    context: { steps: 0 },
    initial: 'first',
    states: { ...Object.fromEntries(states), done: { type: 'final' } },
  },
  {
    actors: { work: fromPromise(async () => RESULT) },
    actions: { counted: assign({ steps: ({ context }) => context.steps + 1 }) },
  },
)

export default defineApp({
  machines: [
    defineMachine(machine, {
      actors: { work: async () => RESULT },
      input: z.object({ n: z.int() }),
    }),
  ],
})
