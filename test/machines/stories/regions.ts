/** What regions have to do with each other: words, guards, steps, delays, and whose turn it is. */
import t from 'tap'
import { raise, stateIn } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted, twoSteps } from '../../fixtures/noted.ts'

tellStories(t, {
  'what one region raises the other hears': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: {
          initial: 'x',
          states: { x: { on: { UP: 'y' } }, y: { entry: raise({ type: 'X' }) } },
        },
        down: { initial: 'p', states: { p: { on: { X: 'q' } }, q: {} } },
      },
    }),
    acts: ['UP'],
    ends: { up: 'y', down: 'q' },
  },
  'an always of one region follows a move of the other': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: { initial: 'x', states: { x: { on: { UP: 'y' } }, y: {} } },
        down: {
          initial: 'p',
          states: { p: { always: { guard: stateIn({ up: 'y' }), target: 'q' } }, q: {} },
        },
      },
    }),
    acts: ['UP'],
    ends: { up: 'y', down: 'q' },
  },
  'steps of several regions run at once and are answered one by one': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          onDone: 'b',
          states: {
            up: {
              initial: 'x',
              states: {
                x: {
                  invoke: { id: 'w', src: 'work', onDone: { target: 'y', actions: note('w') } },
                },
                y: { type: 'final' },
              },
            },
            down: {
              initial: 'p',
              states: {
                p: {
                  invoke: { id: 'v', src: 'work', onDone: { target: 'q', actions: note('v') } },
                },
                q: { type: 'final' },
              },
            },
          },
        },
        b: {},
      },
    }),
    acts: [{ done: 'v' }, { done: 'w' }],
    ends: 'b',
    context: { log: ['v', 'w'] },
  },
  'a region that is left alone keeps its step': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: {
          initial: 'x',
          states: { x: { invoke: { id: 'w', src: 'work' }, on: { UP: 'y' } }, y: {} },
        },
        down: { initial: 'p', states: { p: { invoke: { id: 'v', src: 'work' } } } },
      },
    }),
    acts: ['UP'],
    ends: { up: 'y', down: 'p' },
  },
  'delays of regions pass on their own': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: { initial: 'x', states: { x: { after: { 50: 'y' } }, y: { after: { 50: 'x' } } } },
        down: { initial: 'p', states: { p: { after: { 70: 'q' } }, q: {} } },
      },
    }),
    acts: [{ wait: 50 }, { wait: 30 }],
    ends: { up: 'y', down: 'q' },
  },
  'a target in another region enters that region anew': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: { initial: 'x', states: { x: { on: { PUSH: '#m.down.q' } }, y: {} } },
        down: { initial: 'p', entry: 'up', states: { p: {}, q: {} } },
      },
    }),
    acts: ['PUSH'],
    ends: { up: 'x', down: 'q' },
  },
  'a parallel state that is entered again begins all regions again': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          type: 'parallel',
          on: { AGAIN: { target: 'a', reenter: true } },
          states: twoSteps({ tags: 'there' }),
        },
      },
    }),
    acts: ['UP', 'AGAIN', 'DOWN'],
    ends: { a: { up: 'x', down: 'q' } },
  },
  'regions are asked in the order in which they were entered': {
    machine: noted.createMachine({
      ...fresh,
      type: 'parallel',
      states: {
        up: {
          initial: 'x',
          states: { x: { on: { UP: 'y' } }, y: { on: { UP: 'x' }, always: turn('up') } },
        },
        down: {
          initial: 'p',
          states: { p: { on: { DOWN: 'q' } }, q: { always: turn('down') } },
        },
        gate: { initial: 'shut', states: { shut: { on: { OPEN: 'open' } }, open: {} } },
      },
    }),
    acts: ['DOWN', 'UP', 'OPEN'],
    ends: { up: 'y', down: 'q', gate: 'open' },
    context: { log: ['down', 'up'] },
  },
})

/** Once the gate is open, each notes that it was asked, once. */
function turn(name: string) {
  return {
    guard: ({ context, event }: { context: { log: string[] }; event: { type: string } }) =>
      event.type === 'OPEN' && !context.log.includes(name),
    actions: note(name),
  }
}
