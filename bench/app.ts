/**
 * The benchmark's machines.  `five_steps` is the smallest that keeps a full diary: five steps in a
 * row, each with a small result.  The others stretch one thing each: steps that wait as for a
 * model, steps long enough to die in, one task that goes on and on.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type AnyStateMachine, assign, createMachine, fromPromise } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../src/app/define_app.ts'
import { defineMachine } from '../src/app/define_machine.ts'

/** About 200 bytes as JSON. */
const RESULT = { text: 'x'.repeat(180) }

export const FIVE = { machine: 'five_steps', steps: 5 }
export const MODEL_LIKE = { machine: 'model_like', steps: 20, step_ms: 200 }
export const MORTAL = { machine: 'mortal', steps: 40, step_ms: 250 }
export const BRIEF = { machine: 'brief', steps: 4, step_ms: 250 }
export const ENDLESS = { machine: 'endless', steps: 99_998 }

const actors = { work: fromPromise(async () => RESULT) }

/** So many steps, one after the other. */
function inARow(id: string, steps: number): AnyStateMachine {
  const name = (index: number) => (index < steps ? `step_${index + 1}` : 'done')
  const states = Array.from({ length: steps }, (_, index) => {
    const onDone = { target: name(index + 1), actions: 'counted' }
    return [name(index), { invoke: { id: name(index), src: 'work', onDone } }]
  })
  return createMachine(
    {
      id,
      context: { steps: 0 },
      initial: name(0),
      states: { ...Object.fromEntries(states), done: { type: 'final' } },
    },
    { actors, actions: { counted: assign({ steps: ({ context }) => context.steps + 1 }) } },
  )
}

/** The same step again and again, as often as its input says. */
const endless = createMachine(
  {
    types: {} as { input: { n: number }; context: { n: number; steps: number } },
    id: ENDLESS.machine,
    context: ({ input }) => ({ n: input.n, steps: 0 }),
    initial: 'going',
    states: {
      going: {
        invoke: {
          id: 'work',
          src: 'work',
          onDone: [
            { guard: 'enough', target: 'done', actions: 'counted' },
            { target: 'going', reenter: true, actions: 'counted' },
          ],
        },
      },
      done: { type: 'final' },
    },
  },
  {
    actors,
    actions: { counted: assign({ steps: ({ context }) => context.steps + 1 }) },
    guards: { enough: ({ context }) => context.steps + 1 >= context.n },
  },
)

const input = z.object({ n: z.int() })

function waiting(ms: number) {
  return async () => {
    await pause(ms)
    return RESULT
  }
}

export default defineApp({
  machines: [
    defineMachine(inARow(FIVE.machine, FIVE.steps), {
      actors: { work: async () => RESULT },
      input,
    }),
    defineMachine(inARow(MODEL_LIKE.machine, MODEL_LIKE.steps), {
      actors: { work: waiting(MODEL_LIKE.step_ms) },
      input,
    }),
    defineMachine(inARow(MORTAL.machine, MORTAL.steps), {
      actors: { work: waiting(MORTAL.step_ms) },
      input,
    }),
    defineMachine(inARow(BRIEF.machine, BRIEF.steps), {
      actors: { work: waiting(BRIEF.step_ms) },
      input,
    }),
    defineMachine(endless, { actors: { work: async () => RESULT }, input }),
  ],
})
