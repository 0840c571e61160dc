/** Machines that come to rest in some ways only, or only after any number of rounds. */
import t from 'tap'
import { type AnyStateMachine, assign, createMachine, enqueueActions, raise } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { hostOf } from '../../src/machines/host.ts'
import { liveMachine } from '../fixtures/live_machine.ts'

type Counting = { context: { n: number } }

/** Goes round as often as it is told, and then takes what it raised, one a state. */
function draining(rounds: number, idle: object, actions = ['up', 'took']): AnyStateMachine {
  const again = { guard: 'below', target: 'drain', reenter: true, actions }
  return createMachine(
    {
      id: 'm',
      context: { n: 0 },
      initial: 'ready',
      states: {
        ready: { on: { GO: 'drain' } },
        drain: { always: [again, 'idle'] },
        ...idle,
      },
    },
    {
      guards: { below: ({ context }: Counting) => context.n < rounds },
      actions: {
        up: assign({ n: ({ context }: Counting) => context.n + 1 }),
        took: raise({ type: 'TOOK' }),
      },
    },
  )
}

const toggling = { idle: { on: { TOOK: 'odd' } }, odd: { on: { TOOK: 'idle' } } }

function line(length: number) {
  const states = Array.from({ length }, (_, i) => [`s${i}`, { on: { TOOK: `s${i + 1}` } }])
  return { idle: { on: { TOOK: 's0' } }, ...Object.fromEntries(states), [`s${length}`]: {} }
}

function edges(machine: AnyStateMachine): string[] {
  const own = chartOf(machine).edges.filter((edge) => edge.kind === 'machine')
  return own.map(({ from_state, event, to_state }) => `${from_state} ${event} > ${to_state}`)
}

const fromReady = (machine: AnyStateMachine) =>
  edges(machine).filter((edge) => edge.startsWith('ready'))

t.test('a loop that raises an event each round ends where any number of them leads', async (t) => {
  const ends = ['ready GO > idle', 'ready GO > odd']
  t.strictSame(fromReady(draining(3, toggling)), ends)
  t.strictSame(fromReady(draining(3, { idle: { type: 'final' } })), ends.slice(0, 1))
  for (const rounds of [0, 1, 2, 3, 80, 81]) {
    const machine = draining(rounds, toggling)
    const chart = chartOf(machine)
    const [live, host] = [liveMachine(machine), hostOf(machine, chart)]
    live.send({ type: 'GO' })
    const move = host.step(host.start(null).snapshot, { type: 'GO' })
    t.equal(move?.to_state, live.state(), `after ${rounds} rounds`)
    live.stop()
  }
})

t.test('only so many of them as a round raises are taken', async (t) => {
  t.strictSame(fromReady(draining(3, toggling, ['up', 'took', 'took'])), ['ready GO > idle'])
})

t.test(
  'two states that enter each other and raise events rest where the guard says no',
  async (t) => {
    const machine = createMachine({
      id: 'm',
      initial: 'ready',
      states: {
        ready: { on: { GO: 'a' } },
        a: { entry: raise({ type: 'T' }), always: 'b' },
        b: {
          entry: raise({ type: 'T' }),
          always: { guard: () => false, target: 'a' },
          on: { T: 'c' },
        },
        c: {},
      },
    })
    t.strictSame(edges(machine), ['ready GO > c'])
  },
)

t.test('what ever longer ways lead ever further is refused', async (t) => {
  t.throws(
    () => chartOf(draining(3, line(60))),
    /does not come to rest after 'GO' in state 'ready'/,
  )
  const many = Array.from({ length: 60 }, () => raise({ type: 'TOOK' }))
  const one = { guard: () => true, target: 'idle', actions: many }
  const machine = createMachine({
    id: 'm',
    initial: 'ready',
    states: {
      ready: { on: { GO: [one, { target: 'idle' }] } },
      idle: { on: { TOOK: 'end' } },
      end: {},
    },
  })
  t.throws(() => chartOf(machine), /does not come to rest/)
})

t.test('an enqueue that changes nothing has no `always` asked again, as in XState', async (t) => {
  const machine = createMachine({
    id: 'm',
    initial: 'ready',
    states: {
      ready: { on: { GO: 'box' } },
      box: {
        initial: 'a',
        always: {
          guard: () => true,
          target: '.b',
          actions: enqueueActions(({ enqueue, event }) => {
            if (event.type !== 'GO') enqueue.raise({ type: 'NOBODYS' })
          }),
        },
        states: { a: {}, b: {} },
      },
    },
  })
  t.strictSame(edges(machine), ['ready GO > box.a', 'ready GO > box.b'])
  const live = liveMachine(machine)
  live.send({ type: 'GO' })
  t.equal(live.state(), 'box.b')
  live.stop()
})
