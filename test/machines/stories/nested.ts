/** Compound states, transitions between levels, entry and exit order, reentry. */
import t from 'tap'
import { type AnyStateMachine, assign, raise, setup } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted } from '../../fixtures/noted.ts'

type State = { states?: Record<string, State>; on?: object; initial?: string | object }

/** Entry and exit of every state are noted down, and what a transition does between them. */
function noting(states: Record<string, State>, more: object = {}): AnyStateMachine {
  const all = (inner: Record<string, State>): Record<string, object> =>
    Object.fromEntries(
      Object.entries(inner).map(([name, state]) => [
        name,
        {
          ...state,
          entry: note(`+${name}`),
          exit: note(`-${name}`),
          ...(state.states && { states: all(state.states) }),
        },
      ]),
    )
  const [initial = ''] = Object.keys(states)
  return noted.createMachine({ ...fresh, initial, states: { ...all(states) }, ...more })
}

tellStories(t, {
  'a compound state is entered down to its first leaf': {
    machine: noting({ a: { on: { GO: 'b' } }, b: { initial: 'x', states: { x: {}, y: {} } } }),
    acts: ['GO'],
    ends: { b: 'x' },
    context: { log: ['+a', '-a', '+b', '+x'] },
  },
  'a deep target skips the initial states on its way': {
    machine: noting({
      a: { on: { GO: '#m.b.y.q' } },
      b: { initial: 'x', states: { x: {}, y: { initial: 'p', states: { p: {}, q: {} } } } },
    }),
    acts: ['GO'],
    ends: { b: { y: 'q' } },
    context: { log: ['+a', '-a', '+b', '+y', '+q'] },
  },
  'the leaf is asked before its ancestors': {
    machine: noting({
      a: { initial: 'x', on: { GO: 'c' }, states: { x: { on: { GO: 'y' } }, y: {} } },
      c: {},
    }),
    acts: ['GO', 'GO'],
    ends: 'c',
    context: { log: ['+a', '+x', '-x', '+y', '-y', '-a', '+c'] },
  },
  'what a leaf forbids its ancestors do not hear': {
    machine: noting({
      a: { initial: 'x', on: { GO: 'c' }, states: { x: { on: { GO: {} } } } },
      c: {},
    }),
    acts: ['GO'],
    ends: { a: 'x' },
  },
  'an internal transition leaves only what is below': {
    machine: noting({ a: { initial: 'x', on: { GO: '.y' }, states: { x: {}, y: {} } } }),
    acts: ['GO'],
    ends: { a: 'y' },
    context: { log: ['+a', '+x', '-x', '+y'] },
  },
  'a transition that reenters leaves its source too': {
    machine: noting({
      a: { initial: 'x', on: { GO: { target: '.y', reenter: true } }, states: { x: {}, y: {} } },
    }),
    acts: ['GO'],
    ends: { a: 'y' },
    context: { log: ['+a', '+x', '-x', '-a', '+a', '+y'] },
  },
  'a state that targets itself without reentry begins again below': {
    machine: noting({
      a: { initial: 'x', on: { GO: 'a' }, states: { x: { on: { ON: 'y' } }, y: {} } },
    }),
    acts: ['ON', 'GO'],
    ends: { a: 'x' },
    context: { log: ['+a', '+x', '-x', '+y', '-y', '+x'] },
  },
  'a state that targets itself with reentry is left and entered': {
    machine: noting({ a: { on: { GO: { target: 'a', reenter: true } } } }),
    acts: ['GO'],
    ends: 'a',
    context: { log: ['+a', '-a', '+a'] },
  },
  'a target below from a descendant keeps the common ancestor': {
    machine: noting({ a: { initial: 'x', states: { x: { on: { GO: '#m.a.y' } }, y: {} } } }),
    acts: ['GO'],
    ends: { a: 'y' },
    context: { log: ['+a', '+x', '-x', '+y'] },
  },
  'a transition to an ancestor enters it at its first leaf': {
    machine: noting({
      a: { initial: 'x', states: { x: { on: { GO: 'y' } }, y: { on: { UP: '#m.a' } } } },
    }),
    acts: ['GO', 'UP'],
    ends: { a: 'x' },
  },
  'actions of a transition come between exits and entries': {
    machine: noting({ a: { on: { GO: { target: 'b', actions: note('go') } } }, b: {} }),
    acts: ['GO'],
    ends: 'b',
    context: { log: ['+a', '-a', 'go', '+b'] },
  },
  'actions of an initial transition come after the entry': {
    machine: noting({
      a: { initial: { target: 'x', actions: note('first') }, states: { x: {} } },
    }),
    ends: { a: 'x' },
    context: { log: ['+a', 'first', '+x'] },
  },
  'the root takes what nobody below takes': {
    machine: noting({ a: {}, b: {} }, { on: { GO: '.b' } }),
    acts: ['GO', 'GO'],
    ends: 'b',
    context: { log: ['+a', '-a', '+b', '-b', '+b'] },
  },
  'input, named actions with params and tags reach the snapshot': {
    machine: setup({
      types: { context: {} as { sum: number }, input: {} as { from: number } },
      actions: { add: assign({ sum: ({ context }, by: number) => context.sum + by }) },
    }).createMachine({
      id: 'm',
      context: ({ input }) => ({ sum: input.from }),
      initial: 'a',
      tags: ['whole'],
      states: {
        a: {
          tags: ['first', 'open'],
          meta: { title: 'A' },
          on: {
            ADD: {
              actions: [
                { type: 'add', params: 2 },
                { type: 'add', params: ({ context }) => context.sum },
              ],
            },
            GO: 'b',
          },
        },
        b: { tags: 'last', entry: raise({ type: 'NOBODY' }) },
      },
    }),
    input: { from: 1 },
    acts: ['ADD', 'ADD', 'GO'],
    ends: 'b',
    context: { sum: 16 },
  },
})
