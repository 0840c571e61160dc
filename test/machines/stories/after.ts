/** Delays: static, named, computed, guarded; raised later and taken back. */
import t from 'tap'
import { cancel, raise } from 'xstate'
import { tellStories } from '../../fixtures/both_sides.ts'
import { below, fresh, is, note, noted } from '../../fixtures/noted.ts'

const patient = noted.extend({
  delays: { soon: 100, growing: ({ context }) => 100 * (context.n + 1) },
})

tellStories(t, {
  'a delay passes and no sooner': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { after: { 100: 'b' } }, b: { after: { 100: 'c' } }, c: {} },
    }),
    acts: [{ wait: 99 }, { wait: 1 }, { wait: 99 }],
    ends: 'b',
  },
  'delays that follow each other add up': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { after: { 100: 'b' } }, b: { after: { 100: 'c' } }, c: {} },
    }),
    acts: [{ wait: 100 }, { wait: 100 }],
    ends: 'c',
  },
  'a state that is left takes its delay with it': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { after: { 100: 'late' }, on: { GO: 'b' } }, b: {}, late: {} },
    }),
    acts: [{ wait: 50 }, 'GO', { wait: 100 }],
    ends: 'b',
  },
  'a delay of the parent runs on while its children change': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          after: { 100: 'late' },
          states: { x: { after: { 60: 'y' } }, y: { after: { 60: 'x' } } },
        },
        late: {},
      },
    }),
    acts: [{ wait: 99 }, { wait: 1 }],
    ends: 'late',
  },
  'a reentered state waits anew': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { after: { 100: 'late' }, on: { AGAIN: { target: 'a', reenter: true } } },
        late: {},
      },
    }),
    acts: [{ wait: 80 }, 'AGAIN', { wait: 80 }],
    ends: 'a',
  },
  'named and computed delays': {
    machine: patient.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { after: { soon: 'b' } },
        b: {
          after: {
            growing: [
              { guard: below(3), target: 'b', actions: 'up', reenter: true },
              { target: 'c' },
            ],
          },
        },
        c: {},
      },
    }),
    acts: [{ wait: 100 }, { wait: 100 }, { wait: 200 }, { wait: 300 }, { wait: 399 }],
    ends: 'b',
    context: { n: 3 },
  },
  'guards choose what follows a delay': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          on: { UP: { actions: 'up' } },
          after: {
            10: [
              { guard: is(2), target: 'two' },
              { guard: is(1), target: 'one' },
            ],
          },
        },
        one: {},
        two: {},
      },
    }),
    acts: ['UP', { wait: 10 }],
    ends: 'one',
  },
  'an event raised for later comes later, wherever the machine stands by then': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', actions: raise({ type: 'X' }, { delay: 50, id: 'x' }) } } },
        b: { after: { 20: 'c' } },
        c: { on: { X: { actions: note('heard') } } },
      },
    }),
    acts: ['GO', { wait: 20 }, { wait: 30 }],
    ends: 'c',
    context: { log: ['heard'] },
  },
  'an event raised for later is taken back': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      entry: raise({ type: 'X' }, { delay: 50, id: 'x' }),
      states: { a: { on: { NO: { actions: cancel('x') }, X: 'b' } }, b: {} },
    }),
    acts: [{ wait: 49 }, 'NO', { wait: 50 }],
    ends: 'a',
  },
})
