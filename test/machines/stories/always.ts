/** Transitions without an event, guards put together, and events raised along the way. */
import t from 'tap'
import { and, enqueueActions, not, or, raise, stateIn } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { below, fresh, is, note, noted, over } from '../../fixtures/noted.ts'

tellStories(t, {
  'an always is taken before anything else happens': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { always: 'b' }, b: { always: 'c' }, c: { on: { GO: 'a' } } },
    }),
    acts: ['GO'],
    ends: 'c',
  },
  'an always that counts ends when its guard says so': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { always: [{ guard: below(5), target: 'a', actions: 'up', reenter: true }, 'b'] },
        b: {},
      },
    }),
    ends: 'b',
    context: { n: 5 },
  },
  'an always without a target acts once its guard holds': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { always: { guard: below(3), actions: 'up' } } },
    }),
    ends: 'a',
    context: { n: 3 },
  },
  'an event that changes nothing still asks the always of the root': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      always: { guard: ({ event }) => event.type === 'ASK', target: '.b' },
      states: { a: { on: { ASK: {} } }, b: {} },
    }),
    acts: ['ASK'],
    ends: 'b',
  },
  'raised events are taken in order, after the always': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          entry: [raise({ type: 'FIRST' }), raise({ type: 'SECOND' })],
          always: { guard: below(1), actions: 'up' },
          on: {
            FIRST: [
              { guard: is(1), actions: note('1, after the always') },
              { actions: note('1, before it') },
            ],
            SECOND: { target: 'b', actions: note('2') },
          },
        },
        b: {},
      },
    }),
    ends: 'b',
    context: { log: ['1, after the always', '2'] },
  },
  'a raised event that nobody takes is forgotten': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { entry: raise({ type: 'X' }), on: { GO: 'b' } }, b: { on: { X: 'a' } } },
    }),
    acts: ['GO'],
    ends: 'b',
  },
  'guards in and, or and not': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          on: {
            ASK: [
              { guard: and([over(100), over(150)]), actions: note('both') },
              { guard: not(or([over(100), over(10)])), actions: note('none') },
              { guard: and([not(over(50)), or([over(20), over(30)])]), actions: note('mixed') },
              { guard: over(60), target: 'b' },
            ],
          },
        },
        b: {},
      },
    }),
    acts: [200, 5, 25, 55, 70].map((value) => ({ type: 'ASK', value })),
    ends: 'b',
    context: { log: ['both', 'none', 'mixed'] },
  },
  'a guard may ask where the machine stands': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      on: {
        GO: [
          { guard: stateIn({ a: 'y' }), target: '.b' },
          { guard: stateIn('#x'), target: '.a.y' },
        ],
      },
      states: { a: { initial: 'x', states: { x: { id: 'x' }, y: {} } }, b: {} },
    }),
    acts: ['GO', 'GO'],
    ends: 'b',
  },
  'actions that are chosen when they run': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          on: {
            GO: {
              target: 'b',
              actions: enqueueActions(({ enqueue, check, context }) => {
                if (check(() => context.n === 0)) enqueue.assign({ n: 4 })
                enqueue('up')
                enqueue.emit({ type: 'chosen' })
              }),
            },
          },
        },
        b: { always: { guard: is(5), target: 'c' } },
        c: {},
      },
    }),
    acts: ['GO'],
    ends: 'c',
    context: { n: 5 },
  },
})
