/** Machines that invoke machines, what they say to each other, and what they tell the world. */
import t from 'tap'
import { assign, emit, forwardTo, log, sendTo } from 'xstate'
import { durableAction } from '../../../src/machines/actions.ts'
import { tellStories } from '../../fixtures/both_sides.ts'
import { fresh, note, noted } from '../../fixtures/noted.ts'

const c = { id: 'c', src: 'child' } as const

tellStories(t, {
  "a child's output is its parent's answer": {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...c, onDone: { target: 'b', actions: 'keep' } } }, b: {} },
    }),
    acts: [{ done: 'c/w', output: 7 }],
    ends: 'b',
    context: { kept: { kept: 7 } },
  },
  'what a child says is heard, also while it begins': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      invoke: c,
      states: { a: { on: { BEGUN: { target: 'b', actions: 'keep' } } }, b: {} },
    }),
    ends: 'b',
    context: { kept: 1 },
  },
  'question and answer between parent and child': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      invoke: c,
      states: {
        a: {
          on: {
            ASK: { actions: sendTo('c', ({ event }) => ({ type: 'PING', value: event['value'] })) },
            PONG: { target: 'b', actions: 'keep' },
          },
        },
        b: {},
      },
    }),
    acts: [{ type: 'ASK', value: 'x' }],
    ends: 'b',
    context: { kept: 'x' },
  },
  'an event is handed on as it is, and dropped where nobody takes it': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      invoke: c,
      states: { a: { on: { '*': { actions: forwardTo('c') } } } },
    }),
    acts: ['PING', 'OTHER'],
    ends: 'a',
  },
  'a child that is told to end has ended': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          invoke: { ...c, onDone: 'b' },
          on: { STOP: { actions: sendTo('c', { type: 'STOP' }) } },
        },
        b: {},
      },
    }),
    acts: ['STOP'],
    ends: 'b',
  },
  'a child is stopped with the state that invoked it': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...c, onDone: 'late' }, on: { GO: 'b' } }, b: {}, late: {} },
    }),
    acts: ['GO', { wait: 1000 }],
    ends: 'b',
  },
  'a word of farewell is heard before the child is stopped': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { invoke: c, exit: sendTo('c', { type: 'PING' }), on: { GO: 'b' } },
        b: { on: { PONG: { actions: note('answered') } } },
      },
    }),
    acts: ['GO'],
    ends: 'b',
    context: { log: ['answered'] },
  },
  'a child that begins anew hears what its new state says': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: {
          invoke: c,
          entry: sendTo('c', { type: 'PING', value: 'hello' }),
          exit: sendTo('c', { type: 'PING', value: 'farewell' }),
          on: {
            AGAIN: { target: 'a', reenter: true },
            PONG: { actions: ['keep', 'up'] },
          },
        },
      },
    }),
    acts: ['AGAIN'],
    ends: 'a',
    context: { n: 3 },
  },
  'delays of a child are its own': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      states: { a: { invoke: { ...c, onDone: 'b' } }, b: {} },
    }),
    acts: [{ wait: 999 }, { wait: 1 }],
    ends: 'b',
  },
  'what is emitted is told in order, what is logged to nobody': {
    machine: noted.createMachine({
      ...fresh,
      initial: 'a',
      entry: emit({ type: 'begun' }),
      states: {
        a: { on: { GO: { target: 'b', actions: [log('x'), emit(({ event }) => event)] } } },
        b: { entry: emit({ type: 'ended' }) },
      },
    }),
    acts: [{ type: 'GO', value: 1 }],
    ends: 'b',
  },
  'named actions are done with the params of their moment': {
    machine: noted.extend({ actions: { mail: durableAction() } }).createMachine({
      ...fresh,
      initial: 'a',
      states: {
        a: { exit: 'mail', on: { GO: { target: 'b', actions: assign({ n: 2 }) } } },
        b: {
          type: 'final',
          entry: { type: 'mail', params: { n: 2 } },
        },
      },
    }),
    acts: ['GO'],
    ends: 'b',
  },
})
