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
        meta: { shown: 'at work' },
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
    { state: '(new)', final: false, outcome: null, tags: [], meta: {}, invokes: [] },
    {
      state: 'working.calling',
      final: false,
      outcome: null,
      tags: ['all', 'busy', 'calls'],
      meta: { 'm.working': { shown: 'at work' } },
      invokes: [
        { actor_id: 'outer', src: 'step', catches: true },
        { actor_id: 'inner', src: 'step', catches: false },
      ],
    },
    { state: 'won', final: true, outcome: 'succeeded', tags: ['all'], meta: {}, invokes: [] },
    {
      state: 'lost',
      final: true,
      outcome: 'failed',
      tags: ['all', 'failed'],
      meta: {},
      invokes: [],
    },
    {
      state: 'given_up',
      final: true,
      outcome: 'cancelled',
      tags: ['all', 'cancelled'],
      meta: {},
      invokes: [],
    },
  ])
})

t.test('a state of several regions has what all its leaves have', async (t) => {
  const region = (key: string, end: object) => ({
    initial: 'on',
    meta: { region: key },
    states: {
      on: { tags: [key, 'on'], invoke: { id: key, src: 'step' as const, onDone: 'off' } },
      off: { type: 'final' as const, ...end },
    },
  })
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    type: 'parallel',
    states: { x: region('x', { tags: 'cancelled' }), y: region('y', { tags: 'failed' }) },
  })
  const { states } = chartOf(machine)
  t.strictSame(
    states.map(({ state }) => state),
    ['(new)', 'x.on|y.on', 'x.on|y.off', 'x.off|y.on', 'x.off|y.off'],
  )
  const invoked = (id: string) => ({ actor_id: id, src: 'step', catches: false })
  const meta = { 'm.x': { region: 'x' }, 'm.y': { region: 'y' } }
  t.match(states[1], { tags: ['x', 'on', 'y'], invokes: [invoked('x'), invoked('y')], meta })
  t.match(states[2], { final: false, outcome: null, invokes: [invoked('x')] })
  t.match(states[4], { final: true, outcome: 'failed', tags: ['cancelled', 'failed'] })
})
