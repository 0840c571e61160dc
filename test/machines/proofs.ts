import t from 'tap'
import { createMachine, fromPromise, setup } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'

const step = fromPromise(async () => 1)

t.test('what a chart can prove about its machine becomes warnings', async (t) => {
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { invoke: { src: 'step', onDone: 'end' }, on: { TRAP: 'ring', STUCK: 'pit' } },
      ring: { on: { ROUND: 'round' } },
      round: { on: { ROUND: 'ring' } },
      pit: { on: { ECHO: 'pit' } },
      island: { initial: 'hut', states: { hut: {} } },
      end: { type: 'final' },
    },
  })
  t.strictSame(chartOf(machine).warnings, [
    "state 'island' cannot be reached",
    "state 'a' invokes 'step' without onError: an error stops the task",
    "state 'pit' is a dead end: not final, and nothing leads out of it",
    "no final state can be reached from state 'ring'",
    "no final state can be reached from state 'round'",
  ])
  const endless = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { X: 'b' } }, b: { on: { X: 'a' } } },
  })
  t.strictSame(chartOf(endless).warnings, ['no final state can be reached: a task never ends'])
})

t.test('a sound chart has no warnings', async (t) => {
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { invoke: { src: 'step', onDone: 'end', onError: 'lost' } },
      end: { type: 'final' },
      lost: { type: 'final', tags: 'failed' },
    },
  })
  t.strictSame(chartOf(machine).warnings, [])
})
