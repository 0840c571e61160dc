import t from 'tap'
import type { AnyStateMachine } from 'xstate'
import { assign, createMachine, emit, fromPromise, log, setup } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { type Host, hostOf } from '../../src/machines/host.ts'
import type { Move } from '../../src/machines/moves.ts'
import { never } from '../fixtures/live_machine.ts'

const charge = fromPromise<number, { n: number }>(never)
const step = fromPromise(never)

function host(machine: AnyStateMachine): Host {
  return hostOf(machine, chartOf(machine))
}

function must(move: Move | undefined): Move {
  if (!move) throw new Error('the event was not taken')
  return move
}

const refund = setup({
  types: { context: {} as { paid: number; why?: string }, input: {} as { paid: number } },
  actors: { charge },
  delays: { patience: ({ context }: { context: { paid: number } }) => context.paid * 1000 },
}).createMachine({
  id: 'refund',
  context: ({ input }) => ({ paid: input.paid }),
  initial: 'paying',
  states: {
    paying: {
      tags: ['money'],
      invoke: {
        id: 'pay',
        src: 'charge',
        input: ({ context }) => ({ n: context.paid }),
        onDone: { target: 'paid', actions: assign({ paid: ({ event }) => event.output }) },
        onError: { target: 'lost', guard: ({ event }) => event.error !== 'try again' },
      },
      after: { patience: 'lost' },
      on: {
        AGAIN: { target: 'paying', reenter: true },
        NOISE: { actions: [log('x'), emit({ type: 'x' })] },
      },
    },
    paid: { type: 'final', output: ({ context }: { context: { paid: number } }) => context.paid },
    lost: { type: 'final', tags: ['failed'] },
  },
  output: ({ context }) => ({ total: context.paid }),
})

const timer_id = 'xstate.after.patience.refund.paying'

t.test('the first move starts the task and asks for its step and its timer', async (t) => {
  t.strictSame(host(refund).start({ paid: 3 }), {
    from_state: '(new)',
    to_state: 'paying',
    event: 'pawl.started',
    edge_no: 1,
    snapshot: {
      status: 'active',
      value: 'paying',
      historyValue: {},
      context: { paid: 3 },
      children: { pay: { src: 'charge' } },
    },
    done: false,
    outcome: null,
    tags: ['money'],
    output: undefined,
    effects: [
      { kind: 'open_step', actor_id: 'pay', src: 'charge', input: { n: 3 } },
      { kind: 'set_timer', timer_id, delay_ms: 3000, event: { type: timer_id } },
    ],
  })
})

t.test('the last move carries the output, and an answered step is not stopped', async (t) => {
  const machine = host(refund)
  const { snapshot } = machine.start({ paid: 3 })
  const move = must(machine.step(snapshot, { type: 'xstate.done.actor.pay', output: 5 }))
  t.match(move, { from_state: 'paying', to_state: 'paid', done: true, outcome: 'succeeded' })
  t.strictSame(move.output, { total: 5 })
  t.strictSame(move.effects, [{ kind: 'remove_timer', timer_id }])
  t.strictSame(move.snapshot, {
    status: 'done',
    value: 'paid',
    historyValue: {},
    context: { paid: 5 },
    children: {},
    output: { total: 5 },
  })
  t.equal(machine.step(move.snapshot, { type: 'AGAIN' }), undefined, 'nothing follows the end')
})

t.test('a timer that fires ends the step it was set beside', async (t) => {
  const machine = host(refund)
  const move = must(machine.step(machine.start({ paid: 3 }).snapshot, { type: timer_id }))
  t.match(move, { to_state: 'lost', done: true, outcome: 'failed', tags: ['failed'] })
  t.match(move.effects, [{ kind: 'stop_step', actor_id: 'pay' }, { kind: 'remove_timer' }])
  t.strictSame(machine.tagsOf('lost'), ['failed'])
  t.strictSame(machine.tagsOf('elsewhere'), [])
})

t.test('a state entered again stops its step before it opens it anew', async (t) => {
  const machine = host(refund)
  const move = must(machine.step(machine.start({ paid: 3 }).snapshot, { type: 'AGAIN' }))
  t.match(move, { from_state: 'paying', to_state: 'paying' })
  t.match(move.effects, [
    { kind: 'stop_step', actor_id: 'pay' },
    { kind: 'open_step', actor_id: 'pay' },
    { kind: 'set_timer', timer_id },
  ])
  t.equal(move.effects.length, 3)
})

t.test('what is only told asks for nothing and is still a move', async (t) => {
  const machine = host(refund)
  const move = must(machine.step(machine.start({ paid: 3 }).snapshot, { type: 'NOISE' }))
  t.match(move, { from_state: 'paying', to_state: 'paying', event: 'NOISE', effects: [] })
})

t.test('an event that no present state takes is no move', async (t) => {
  const machine = host(refund)
  const { snapshot } = machine.start({ paid: 3 })
  t.equal(machine.step(snapshot, { type: 'UNHEARD' }), undefined)
  t.equal(machine.step(snapshot, { type: 'xstate.done.actor.stranger' }), undefined)
  t.equal(machine.step(snapshot, { type: 'xstate.error.actor.pay', error: 'try again' }), undefined)
  t.equal(machine.catches(snapshot, 'pay', 'try again'), false)
  t.equal(machine.catches(snapshot, 'pay', 'broken'), true)
  t.equal(machine.catches(snapshot, 'pay'), true)
  t.equal(machine.catches(snapshot, 'stranger'), false)
  t.equal(machine.awaits(snapshot, 'pay'), true)
  t.equal(machine.awaits(snapshot, 'stranger'), false)
})

t.test('an answer is told from whom it comes', async (t) => {
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    context: { who: '' },
    initial: 'a',
    states: {
      a: {
        invoke: {
          id: 'pay',
          src: 'step',
          onDone: { actions: assign(({ event }) => ({ who: event.actorId })) },
        },
      },
    },
  })
  const move = must(
    host(machine).step(host(machine).start(null).snapshot, {
      type: 'xstate.done.actor.pay',
      output: 1,
    }),
  )
  t.match(move.snapshot, { context: { who: 'pay' }, children: {} })
})

t.test('a state passed through within one step asks for nothing', async (t) => {
  const machine = setup({ actors: { step } }).createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: 'b' } },
      b: { invoke: { src: 'step' }, after: { 5: 'a' }, always: 'c' },
      c: { invoke: { id: 'late', src: 'step' } },
    },
  })
  const move = must(host(machine).step(host(machine).start(null).snapshot, { type: 'GO' }))
  t.match(move, { to_state: 'c', snapshot: { children: { late: { src: 'step' } } } })
  t.strictSame(move.effects, [
    { kind: 'open_step', actor_id: 'late', src: 'step', input: null },
    { kind: 'remove_timer', timer_id: 'xstate.after.5.m.b' },
  ])
})

t.test('an event taken by a wildcard keeps its own name on the move', async (t) => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { 'paid.*': 'b', 'paid.late': 'c' } }, b: {}, c: {} },
    on: { '*': '.c' },
  })
  const chart = chartOf(machine)
  const { snapshot } = host(machine).start(null)
  const edgeOf = (type: string) => {
    const move = must(host(machine).step(snapshot, { type }))
    return `${move.event}: ${chart.edges[move.edge_no]?.event} > ${move.to_state}`
  }
  t.equal(edgeOf('paid.early'), 'paid.early: paid.* > b')
  t.equal(edgeOf('paid'), 'paid: paid.* > b')
  t.equal(edgeOf('paid.late'), 'paid.late: paid.late > c')
  t.equal(edgeOf('refused'), 'refused: * > c')
})

t.test('a `*` takes what comes from outside, and nothing that the engine says', async (t) => {
  const greedy = createMachine({
    id: 'greedy',
    initial: 'open',
    states: { open: { on: { '*': 'closed' } }, closed: {} },
  })
  const it = host(greedy)
  const { snapshot } = it.start({})
  t.equal(it.step(snapshot, { type: 'pawl.cancel' }), undefined)
  t.equal(it.step(snapshot, { type: 'pawl.deadline' }), undefined)
  t.equal(must(it.step(snapshot, { type: 'KNOCK' })).to_state, 'closed')
})
