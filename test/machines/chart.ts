import t from 'tap'
import { createMachine, fromPromise, setup } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'

const step = fromPromise(async () => 1)

t.test('edges are numbered in document order: those of the engine first, forks last', async (t) => {
  const machine = createMachine({
    id: 'door',
    initial: 'shut',
    states: {
      shut: { on: { OPEN: 'open' } },
      open: { on: { BREAK: 'broken' } },
      broken: { type: 'final' },
    },
  })
  const chart = chartOf(machine)
  t.strictSame(
    chart.edges.map((edge) => Object.values(edge).join(' ')),
    [
      '0 (new) pawl.created (new) engine',
      '1 (new) pawl.started shut engine',
      '2 shut pawl.stopped shut engine',
      '3 shut pawl.retried shut engine',
      '4 shut pawl.cancelled shut engine',
      '5 open pawl.stopped open engine',
      '6 open pawl.retried open engine',
      '7 open pawl.cancelled open engine',
      '8 (new) pawl.stopped (new) engine',
      '9 (new) pawl.retried (new) engine',
      '10 (new) pawl.cancelled (new) engine',
      '11 shut OPEN open machine',
      '12 open BREAK broken machine',
      '13 (new) pawl.forked shut engine',
      '14 (new) pawl.forked open engine',
    ],
  )
  t.strictSame(chart, chartOf(machine), 'and drawing it again draws the same')
  t.equal(chart.machine, 'door')
  t.strictSame(chart.takes, ['OPEN', 'BREAK'])
})

t.test('a state says how it ends, what it is tagged with and whom it invokes', async (t) => {
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    tags: 'all',
    initial: 'working',
    states: {
      working: {
        tags: 'busy',
        invoke: { id: 'outer', src: 'step', onError: 'lost' },
        initial: 'calling',
        states: {
          calling: { tags: 'calls', invoke: { id: 'inner', src: 'step', onDone: '#m.won' } },
        },
      },
      won: { type: 'final' },
      lost: { type: 'final', tags: 'failed' },
      given_up: { type: 'final', tags: 'cancelled' },
    },
    on: { STOP: '.given_up' },
  })
  t.strictSame(chartOf(machine).states, [
    { state: '(new)', final: false, outcome: null, tags: [], invokes: [] },
    {
      state: 'working.calling',
      final: false,
      outcome: null,
      tags: ['all', 'busy', 'calls'],
      invokes: [
        { actor_id: 'outer', src: 'step', catches: true },
        { actor_id: 'inner', src: 'step', catches: false },
      ],
    },
    { state: 'won', final: true, outcome: 'succeeded', tags: ['all'], invokes: [] },
    { state: 'lost', final: true, outcome: 'failed', tags: ['all', 'failed'], invokes: [] },
    {
      state: 'given_up',
      final: true,
      outcome: 'cancelled',
      tags: ['all', 'cancelled'],
      invokes: [],
    },
  ])
})
