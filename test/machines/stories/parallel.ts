/** Regions: entered and left together, moved apart or by the same event, done when all are. */
import t from 'tap'
import { stateIn } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted, twoSteps } from '../../fixtures/noted.ts'

tellStories(t, {
  'all regions are entered, and one moves alone': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { type: 'parallel', states: twoSteps({}) } },
    }),
    acts: ['DOWN'],
    ends: { a: { up: 'x', down: 'q' } },
  },
  'an event that both regions take moves both': {
    machine: noted.createMachine({ ...fresh, type: 'parallel', states: twoSteps({}) }),
    acts: ['BOTH'],
    ends: { up: 'y', down: 'q' },
  },
  'a parallel state is done when all its regions are': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { type: 'parallel', onDone: 'b', states: twoSteps() }, b: { tags: 'after' } },
    }),
    acts: ['UP', 'DOWN'],
    ends: 'b',
  },
  'and not before': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { type: 'parallel', onDone: 'b', states: twoSteps() }, b: {} },
    }),
    acts: ['UP', 'UP'],
    ends: { a: { up: 'y', down: 'p' } },
  },
  'a machine of regions ends when all have, with its output': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: twoSteps({ type: 'final', entry: 'up' }),
      output: ({ context }) => ({ n: context.n }),
    }),
    acts: ['UP', 'DOWN', 'UP'],
    ends: { up: 'y', down: 'q' },
    output: { n: 2 },
  },
  'a region that is done says so while the other goes on': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: {
          initial: 'x',
          onDone: { actions: 'keep' },
          states: { x: { on: { UP: 'y' } }, y: { type: 'final', output: { height: 7 } } },
        },
        down: { initial: 'p', states: { p: {} } },
      },
    }),
    acts: ['UP'],
    ends: { up: 'y', down: 'p' },
    context: { kept: { height: 7 } },
  },
  'regions nest': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        one: {
          initial: 'inner',
          states: { inner: { type: 'parallel', onDone: 'over', states: twoSteps() }, over: {} },
        },
        two: { initial: 'w', states: { w: { on: { DOWN: 'v' } }, v: {} } },
      },
    }),
    acts: ['DOWN', 'UP'],
    ends: { one: 'over', two: 'v' },
  },
  'leaving a region for the outside leaves all, from the inside out': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          exit: note('-a'),
          states: {
            up: {
              initial: 'x',
              exit: note('-up'),
              states: { x: { exit: note('-x'), on: { OUT: '#m.b' } } },
            },
            down: { initial: 'p', exit: note('-down'), states: { p: { exit: note('-p') } } },
          },
        },
        b: {},
      },
    }),
    acts: ['OUT'],
    ends: 'b',
    context: { log: ['-p', '-down', '-x', '-up', '-a'] },
  },
  'the region that comes first in the document decides where both would leave': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          states: {
            up: { initial: 'x', states: { x: { on: { OUT: '#m.b' } } } },
            down: { initial: 'p', states: { p: { on: { OUT: '#m.c' } } } },
          },
        },
        b: {},
        c: {},
      },
    }),
    acts: ['OUT'],
    ends: 'b',
  },
  'several targets, one in each region': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { on: { GO: { target: ['b.up.y', 'b.down.q'] } } },
        b: { type: 'parallel', states: twoSteps({}) },
      },
    }),
    acts: ['GO'],
    ends: { b: { up: 'y', down: 'q' } },
  },
  'a deep history brings back every region': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          on: { LEAVE: 'away' },
          states: { ...twoSteps({}), back: { type: 'history', history: 'deep' } },
        },
        away: { on: { BACK: 'a.back' } },
      },
    }),
    acts: ['UP', 'LEAVE', 'BACK', 'DOWN', 'LEAVE', 'BACK'],
    ends: { a: { up: 'y', down: 'q' } },
  },
  'a shallow history of regions begins each anew': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          on: { LEAVE: 'away' },
          states: { ...twoSteps({}), back: { type: 'history' } },
        },
        away: { on: { BACK: 'a.back' } },
      },
    }),
    acts: ['UP', 'LEAVE', 'BACK'],
    ends: { a: { up: 'x', down: 'p' } },
  },
  'a region asks where the other stands': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: { initial: 'x', states: { x: { on: { UP: 'y' } }, y: {} } },
        down: {
          initial: 'p',
          states: { p: { on: { DOWN: { guard: stateIn({ up: 'y' }), target: 'q' } } }, q: {} },
        },
      },
    }),
    acts: ['DOWN', 'UP', 'DOWN'],
    ends: { up: 'y', down: 'q' },
  },
})
