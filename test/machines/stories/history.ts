/** History: shallow and deep, before anything is remembered, after, and from within. */
import t from 'tap'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, noted } from '../../fixtures/noted.ts'

const inner = { initial: 'p', states: { p: { on: { DOWN: 'q' } }, q: {} } }

/** `a` can be left and come back to; `how` is its history state. */
function remembering(how: object, more: object = {}) {
  return noted.createMachine({
    ...fresh,
    initial: 'a',
    states: {
      a: {
        initial: 'x',
        entry: 'up',
        on: { LEAVE: 'away' },
        states: {
          x: { on: { ON: 'y' } },
          y: inner,
          back: { type: 'history', ...how },
        },
        ...more,
      },
      away: { on: { BACK: 'a.back' } },
    },
  })
}

tellStories(t, {
  'a shallow history brings back the child, at its first leaf': {
    machine: remembering({}),
    acts: ['ON', 'DOWN', 'LEAVE', 'BACK'],
    ends: { a: { y: 'p' } },
    context: { n: 2 },
  },
  'a deep history brings back the leaf': {
    machine: remembering({ history: 'deep' }),
    acts: ['ON', 'DOWN', 'LEAVE', 'BACK'],
    ends: { a: { y: 'q' } },
  },
  'a history entered a second time remembers the second leaving': {
    machine: remembering({ history: 'deep' }),
    acts: ['LEAVE', 'BACK', 'ON', 'LEAVE', 'BACK', 'DOWN', 'LEAVE', 'BACK'],
    ends: { a: { y: 'q' } },
  },
  'a history that remembers nothing begins at the first state': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'away',
      states: {
        away: { on: { BACK: 'a.back' } },
        a: { initial: 'x', states: { x: {}, y: {}, back: { type: 'history' } } },
      },
    }),
    acts: ['BACK'],
    ends: { a: 'x' },
  },
  'a history that remembers nothing begins at its own target': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'away',
      states: {
        away: { on: { BACK: 'a.back' } },
        a: { initial: 'x', states: { x: {}, y: {}, back: { type: 'history', target: 'y' } } },
      },
    }),
    acts: ['BACK'],
    ends: { a: 'y' },
  },
  'a step that ran when the state was left runs again when it comes back': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          on: { LEAVE: 'away' },
          states: {
            x: { invoke: { id: 'w', src: 'work', onDone: 'y' } },
            y: { invoke: { id: 'v', src: 'work' } },
            back: { type: 'history' },
          },
        },
        away: { on: { BACK: 'a.back' } },
      },
    }),
    acts: [{ done: 'w' }, 'LEAVE', 'BACK'],
    ends: { a: 'y' },
  },
  'a history taken from within brings back what was left last': {
    machine: remembering({ history: 'deep' }, { on: { AGAIN: '.back', LEAVE: 'away' } }),
    acts: ['ON', 'LEAVE', 'BACK', 'DOWN', 'AGAIN'],
    ends: { a: { y: 'p' } },
  },
})
