/** Promise actors: done, error, several at once, restarts, spawned by name; and wildcards. */
import t from 'tap'
import { enqueueActions, spawnChild, stopChild } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted, over } from '../../fixtures/noted.ts'

const w = { id: 'w', src: 'work' } as const
const v = { id: 'v', src: 'work' } as const

tellStories(t, {
  'a result is kept and leads on': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...w, onDone: { target: 'b', actions: 'keep' } } }, b: {} },
    }),
    acts: [{ done: 'w', output: { found: [1, 2] } }],
    ends: 'b',
    context: { kept: { found: [1, 2] } },
  },
  'guards choose by the result': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { invoke: { ...w, onDone: [{ guard: over(5), target: 'b' }, { target: 'c' }] } },
        b: {},
        c: { type: 'final', tags: 'failed' },
      },
    }),
    acts: [{ done: 'w', output: 3 }],
    ends: 'c',
  },
  'an error is kept as it was thrown, and caught': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...w, onError: { target: 'b', actions: 'keep' } } }, b: {} },
    }),
    acts: [{ fail: 'w', error: { name: 'Declined', code: 'card_declined', message: 'no' } }],
    ends: 'b',
    context: { kept: { name: 'Declined', code: 'card_declined' } },
  },
  'two that run at once are answered one by one': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          invoke: [
            { ...w, onDone: { actions: note('w') } },
            { ...v, onDone: { actions: note('v') } },
          ],
        },
      },
    }),
    acts: [{ done: 'v' }],
    ends: 'a',
    context: { log: ['v'] },
  },
  'one of the root runs on while states change': {
    machine: noted.createMachine({
      ...fresh,
      invoke: { ...w, onDone: { target: '.c', actions: 'keep' } },
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: {}, c: {} },
    }),
    acts: ['GO', { done: 'w', output: 1 }],
    ends: 'c',
  },
  'a state that targets itself without reentry lets its actor run': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...w, onDone: 'b' }, on: { STAY: 'a' } }, b: {} },
    }),
    acts: ['STAY', { done: 'w' }],
    ends: 'b',
  },
  'a state that is entered again begins its actor again': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          invoke: { ...w, onDone: { actions: 'keep' } },
          on: { AGAIN: { target: 'a', reenter: true } },
        },
      },
    }),
    acts: ['AGAIN', 'AGAIN', { done: 'w', output: 'third' }],
    ends: 'a',
    context: { kept: 'third' },
  },
  'a state can begin itself again by its own answer': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          invoke: {
            ...w,
            onDone: [
              { guard: over(2), target: 'b' },
              { target: 'a', reenter: true, actions: 'up' },
            ],
          },
        },
        b: {},
      },
    }),
    acts: [
      { done: 'w', output: 1 },
      { done: 'w', output: 2 },
      { done: 'w', output: 3 },
    ],
    ends: 'b',
    context: { n: 2 },
  },
  'an actor without an id is named after its place': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { initial: 'x', states: { x: { invoke: { src: 'work', onDone: '#m.b' } } } },
        b: {},
      },
    }),
    acts: [{ done: '0.m.a.x' }],
    ends: 'b',
  },
  'an actor spawned by name runs beside the states until it is stopped': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      entry: [spawnChild('work', { id: 'w' }), spawnChild('work', { id: 'v' })],
      states: { a: { on: { GO: { target: 'b', actions: stopChild('w') } } }, b: {} },
    }),
    acts: ['GO'],
    ends: 'b',
  },
  'the answer of a spawned actor is an event like any other': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      entry: [spawnChild('work', { id: 'w' }), spawnChild('work', { id: 'v' })],
      states: {
        a: { on: { 'xstate.done.actor.w': { target: 'b', actions: 'keep' } } },
        b: { on: { 'xstate.error.actor.v': { target: 'c' } } },
        c: {},
      },
    }),
    acts: [
      { done: 'w', output: 4 },
      { fail: 'v', error: 'no' },
    ],
    ends: 'c',
    context: { kept: 4 },
  },
  'an actor chosen when the action runs': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      entry: enqueueActions(({ enqueue, context }) => {
        if (context.n === 0) enqueue.spawnChild('work', { id: 'w' })
      }),
      states: { a: {} },
    }),
    ends: 'a',
  },
  'a name goes before a wildcard, the longer wildcard before the shorter': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          on: {
            '*': { actions: note('any') },
            'pay.*': { actions: note('pay') },
            'pay.late.*': { actions: note('late') },
            'pay.now': { actions: note('now') },
          },
        },
      },
    }),
    acts: ['pay.now', 'pay.late.much', 'pay.soon', 'pay', 'other'],
    ends: 'a',
    context: { log: ['now', 'late', 'pay', 'pay', 'any'] },
  },
  'a wildcard of the leaf goes before a name of the root': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      on: { GO: '.b' },
      states: { a: { on: { '*': 'c' } }, b: {}, c: { on: { 'x.*': 'a' } } },
    }),
    acts: ['GO', 'x.y', 'GO', 'GO'],
    ends: 'b',
  },
})
