/** Final states: done of a state, of the machine, and what they put out. */
import t from 'tap'
import { assign } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted, over } from '../../fixtures/noted.ts'

tellStories(t, {
  'a final child ends its parent, with what it puts out': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          onDone: { target: 'b', actions: 'keep' },
          states: {
            x: { on: { GO: 'y' } },
            y: { type: 'final', output: ({ event }) => ({ by: event.type }) },
          },
        },
        b: {},
      },
    }),
    acts: ['GO'],
    ends: 'b',
    context: { kept: { by: 'GO' } },
  },
  'a final child whose parent does not listen stays': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { initial: 'x', states: { x: { type: 'final' } }, on: { GO: 'b' } }, b: {} },
    }),
    ends: { a: 'x' },
  },
  'guards choose between ends by what was put out': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          onDone: [{ guard: over(5), target: 'large' }, { target: 'small' }],
          states: {
            x: { on: { PUT: 'y' } },
            y: { type: 'final', output: ({ event }) => event['n'] },
          },
        },
        large: { type: 'final' },
        small: { type: 'final' },
      },
    }),
    acts: [{ type: 'PUT', n: 7 }],
    ends: 'large',
  },
  'the machine puts out what its last context says': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'end', actions: assign({ n: 2 }) } } },
        end: { type: 'final', entry: assign({ n: ({ context }) => context.n * 10 }) },
      },
      output: ({ context }) => ({ n: context.n }),
    }),
    acts: ['GO', 'GO'],
    ends: 'end',
    output: { n: 20 },
  },
  'the machine puts out what its final state did': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { on: { GO: 'end' } },
        end: { type: 'final', output: ({ event }) => event['why'] },
      },
      output: ({ event }) => ('output' in event ? event['output'] : null),
    }),
    acts: [{ type: 'GO', why: 'because' }],
    ends: 'end',
    output: 'because',
  },
  'the end stops what runs, and exits are taken from the inside': {
    machine: noted.createMachine({
      ...fresh,
      invoke: { id: 'always', src: 'work' },
      initial: 'a',
      exit: note('-m'),
      states: {
        a: {
          invoke: { id: 'w', src: 'work' },
          on: { GO: 'end' },
          exit: note('-a'),
        },
        end: {
          type: 'final',
          exit: note('-end'),
        },
      },
    }),
    acts: ['GO'],
    ends: 'end',
    context: { log: ['-a', '-end', '-m'] },
  },
  'ends nest: one end leads to the next within one step': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          initial: 'b',
          onDone: 'end',
          states: {
            b: {
              initial: 'c',
              onDone: 'd',
              states: { c: { on: { GO: 'e' } }, e: { type: 'final' } },
            },
            d: { type: 'final' },
          },
        },
        end: { type: 'final', tags: 'cancelled' },
      },
    }),
    acts: ['GO'],
    ends: 'end',
  },
})
