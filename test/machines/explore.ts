import t from 'tap'
import {
  type AnyStateMachine,
  and,
  assign,
  createMachine,
  not,
  or,
  raise,
  setup,
  stateIn,
} from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'

/** The machine's own edges, one line each. */
function edges(machine: AnyStateMachine): string[] {
  return chartOf(machine)
    .edges.filter((edge) => edge.kind === 'machine')
    .map((edge) => `${edge.from_state} ${edge.event} > ${edge.to_state}`)
}

function states(machine: AnyStateMachine): string[] {
  return chartOf(machine).states.map((state) => state.state)
}

t.test('both outcomes of every guard are followed, in the order they are tried', async (t) => {
  const no = () => false
  const machine = setup({
    guards: { rich: no, old: no, kind: and(['rich', 'old']) },
  }).createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: {
        on: {
          FIRST: [{ guard: 'rich', target: 'b' }, { guard: () => true, target: 'c' }, 'd'],
          BOTH: [{ guard: and(['rich', not('old')]), target: 'b' }],
          NAMED: [{ guard: not('kind'), target: 'b' }],
          SURE: [{ guard: or(['rich', stateIn('a')]), target: 'b' }, 'c'],
          NEVER: [{ guard: and(['rich', stateIn('b')]), target: 'b' }, 'c'],
          ELSEWHERE: [{ guard: not(stateIn('#m.b')), target: 'b' }, 'c'],
        },
      },
      b: { type: 'final' },
      c: { type: 'final' },
      d: { type: 'final' },
    },
  })
  t.strictSame(edges(machine), [
    'a FIRST > b',
    'a FIRST > c',
    'a FIRST > d',
    'a BOTH > b',
    'a NAMED > b',
    'a SURE > b',
    'a NEVER > c',
    'a ELSEWHERE > b',
  ])
})

t.test(
  'an edge is a whole macrostep: always, raised events and onDone are followed through',
  async (t) => {
    const machine = setup({ guards: { lucky: () => true } }).createMachine({
      id: 'm',
      initial: 'start',
      states: {
        start: { always: [{ guard: 'lucky', target: 'early' }], on: { GO: 'middle' } },
        early: { on: { GO: 'middle' } },
        middle: { always: 'inner' },
        inner: {
          initial: 'one',
          states: {
            one: { entry: raise({ type: 'NEXT' }), on: { NEXT: 'two' } },
            two: { type: 'final' },
          },
          onDone: [{ guard: 'lucky', target: 'end' }, { target: 'rest' }],
        },
        rest: { after: { 10: 'end', 20: 'start' } },
        end: { type: 'final' },
      },
    })
    t.strictSame(states(machine), ['(new)', 'start', 'early', 'rest', 'end'])
    t.strictSame(edges(machine), [
      'start GO > rest',
      'start GO > end',
      'early GO > rest',
      'early GO > end',
      'rest xstate.after.10.m.rest > end',
      'rest xstate.after.20.m.rest > start',
      'rest xstate.after.20.m.rest > early',
    ])
  },
)

t.test(
  'history leads back to where the state was left, and to its default before that',
  async (t) => {
    const machine = createMachine({
      id: 'm',
      initial: 'outside',
      states: {
        outside: { on: { IN: 'inside.last', FRESH: 'inside' } },
        inside: {
          initial: 'a',
          states: {
            a: { on: { NEXT: 'b' } },
            b: { initial: 'x', states: { x: { on: { NEXT: 'y' } }, y: {} } },
            last: { type: 'history', history: 'deep', target: 'b.y' },
          },
          on: { OUT: 'outside' },
        },
      },
    })
    t.strictSame(
      edges(machine).filter((edge) => edge.startsWith('outside')),
      [
        'outside IN > inside.a',
        'outside IN > inside.b.x',
        'outside IN > inside.b.y',
        'outside FRESH > inside.a',
      ],
    )
  },
)

t.test('wildcards are edges of their own, met after the names they do not cover', async (t) => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { 'paid.late': { guard: () => true, target: 'b' }, 'paid.*': 'c' } },
      b: { type: 'final' },
      c: { type: 'final' },
      d: { type: 'final' },
    },
    on: { '*': '.d' },
  })
  t.strictSame(edges(machine), ['a paid.late > b', 'a paid.late > c', 'a paid.* > c', 'a * > d'])
  t.strictSame(chartOf(machine).takes, ['paid.late', 'paid.*', '*'])
})

t.test('an event that a state swallows is an edge to itself', async (t) => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { NOISE: {} } }, b: { type: 'final' } },
    on: { NOISE: '.b', GO: '.b' },
  })
  t.strictSame(edges(machine), ['a NOISE > a', 'a GO > b'])
})

t.test('regions move by themselves, together, and out of each other', async (t) => {
  const region = (key: string) => ({
    initial: 'a',
    states: { a: { on: { [key]: 'b', BOTH: 'b' } }, b: { type: 'final' as const } },
  })
  const machine = createMachine({
    id: 'm',
    initial: 'run',
    states: {
      run: {
        type: 'parallel',
        states: { x: region('X'), y: region('Y') },
        on: { BOTH: 'end', OUT: 'end', SET: { target: ['.x.b', '.y.b'] } },
        onDone: 'end',
      },
      end: { type: 'final' },
    },
  })
  t.strictSame(edges(machine), [
    'run.x.a|run.y.a X > run.x.b|run.y.a',
    'run.x.a|run.y.a BOTH > end',
    'run.x.a|run.y.a OUT > end',
    'run.x.a|run.y.a SET > end',
    'run.x.a|run.y.a Y > run.x.a|run.y.b',
    'run.x.a|run.y.b X > end',
    'run.x.a|run.y.b BOTH > end',
    'run.x.a|run.y.b OUT > end',
    'run.x.a|run.y.b SET > end',
    'run.x.b|run.y.a BOTH > end',
    'run.x.b|run.y.a OUT > end',
    'run.x.b|run.y.a SET > end',
    'run.x.b|run.y.a Y > end',
  ])
})

t.test('two regions that ask one guard hear one answer', async (t) => {
  const GO = { guard: 'g', target: 'b' } as const
  const region = { initial: 'a', states: { a: { on: { GO } }, b: {} } }
  const machine = setup({ guards: { g: () => true } }).createMachine({
    id: 'm',
    type: 'parallel',
    states: { x: region, y: region },
  })
  t.strictSame(edges(machine), ['x.a|y.a GO > x.b|y.b'])
})

t.test('what a guard said holds until something is assigned', async (t) => {
  const asking = (actions: object) =>
    setup({ guards: { g: () => true } }).createMachine({
      id: 'm',
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: { guard: 'g', target: 'b', ...actions } } },
        b: { always: [{ guard: 'g', target: 'c' }, 'd'] },
        c: { type: 'final' },
        d: { type: 'final' },
      },
    })
  t.strictSame(edges(asking({})), ['a GO > c'])
  t.strictSame(edges(asking({ actions: assign({ n: 1 }) })), ['a GO > c', 'a GO > d'])
})

t.test('one event is met by name in one region and by wildcard in another', async (t) => {
  const machine = createMachine({
    id: 'm',
    type: 'parallel',
    states: {
      x: { initial: 'a', states: { a: { on: { 'paid.late': 'b' } }, b: { type: 'final' } } },
      y: { initial: 'a', states: { a: { on: { 'paid.*': 'b' } }, b: { type: 'final' } } },
    },
  })
  t.strictSame(edges(machine), [
    'x.a|y.a paid.late > x.b|y.b',
    'x.a|y.a paid.* > x.a|y.b',
    'x.a|y.b paid.late > x.b|y.b',
  ])
  t.equal(chartOf(machine).states.find(({ final }) => final)?.state, 'x.b|y.b')
})
