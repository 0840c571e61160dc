/** Loops that nothing ends are told of, and no others. */
import t from 'tap'
import { type AnyStateMachine, createMachine, fromPromise } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { loopsOf } from '../../src/machines/loops.ts'

const actors = { work: fromPromise(async () => null) }
const loops = (machine: AnyStateMachine, budgeted = false) =>
  loopsOf(chartOf(machine.provide({ actors })), budgeted)

t.test('a loop of delays alone passes no step', async (t) => {
  const clock = createMachine({
    id: 'clock',
    initial: 'tick',
    states: {
      tick: { after: { 1000: 'tock' }, on: { STOP: 'done' } },
      tock: { after: { 1000: 'tick' } },
      done: { type: 'final' },
    },
  })
  const told = ["the loop 'tick' → 'tock' → 'tick' passes no step, so no budget ends it"]
  t.same(loops(clock), told)
  t.same(loops(clock, true), told)
})

t.test('a loop of steps is ended by a budget, where there is one', async (t) => {
  const invoke = { src: 'work', onDone: 'done', onError: 'resting' }
  const retry = createMachine({
    id: 'retry',
    initial: 'working',
    states: {
      working: { invoke: { id: 'work', ...invoke } },
      resting: { after: { 1000: 'working' } },
      done: { type: 'final' },
    },
  })
  t.match(loops(retry), [/'working' → 'resting' → 'working' passes no budgeted step/])
  t.same(loops(retry, true), [])
})

t.test('a loop that only events go round is somebody’s own', async (t) => {
  const door = createMachine({
    id: 'door',
    initial: 'open',
    states: {
      open: { on: { SHUT: 'shut' } },
      shut: { on: { OPEN: 'open', LOCK: 'locked' } },
      locked: { type: 'final' },
    },
  })
  t.same(loops(door), [])
})

t.test('states that lead into a loop, and past it, are not on it', async (t) => {
  const maze = createMachine({
    id: 'maze',
    initial: 'a',
    states: {
      a: { after: { 1: 'b', 2: 'end' } },
      b: { after: { 1: 'c', 2: 'end' } },
      c: { after: { 1: 'd' } },
      d: { after: { 1: 'b', 2: 'end' } },
      end: { type: 'final' },
    },
  })
  t.match(loops(maze), [/^the loop 'b' → 'c' → 'd' → 'b' passes no step/])
})
