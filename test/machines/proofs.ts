import t from 'tap'
import { createMachine, fromPromise, setup } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'

const END = { type: 'final' } as const
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

t.test(
  'regions are told apart: who invokes is named once, and dead ends by all leaves',
  async (t) => {
    const machine = setup({ actors: { step } }).createMachine({
      id: 'm',
      initial: 'run',
      states: {
        run: {
          type: 'parallel',
          states: {
            up: {
              initial: 'sending',
              states: {
                sending: { invoke: { src: 'step', onDone: 'sent' } },
                sent: { type: 'final' },
              },
            },
            scan: { initial: 'a', states: { a: { on: { NEXT: 'b', STOP: 'c' } }, b: {}, c: END } },
          },
          onDone: 'end',
        },
        end: { type: 'final' },
      },
    })
    t.strictSame(chartOf(machine).warnings, [
      "state 'run.up.sending' invokes 'step' without onError: an error stops the task",
      "state 'run.up.sent|run.scan.b' is a dead end: not final, and nothing leads out of it",
      "no final state can be reached from state 'run.up.sending|run.scan.b'",
    ])
  },
)

t.test('what is true of many states is said of the first twenty, and counted', async (t) => {
  const keys = Array.from({ length: 30 }, (_, i) => `s${i}`)
  const on = Object.fromEntries(keys.map((key) => [key, `.${key}`]))
  const states = Object.fromEntries(keys.map((key) => [key, { on: { [key]: {} } }]))
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: 'b', END: 'end' } }, b: { initial: 's0', states, on }, end: END },
  })
  const { warnings } = chartOf(machine)
  t.equal(warnings.length, 21)
  t.equal(warnings.at(-1), 'no final state can be reached from each of 10 more states')
})
