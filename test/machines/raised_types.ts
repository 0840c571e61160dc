/** What the text of a function says of the events it raises, and what it leaves open. */
import t from 'tap'
import { type AnyStateMachine, assign, createMachine, enqueueActions, raise } from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { mayChange, typeMadeBy, typesRaisedIn } from '../../src/machines/raised_types.ts'

type Args = { context: { n: number }; event: { type: string } }
type Enqueue = { enqueue: { raise(event: object, options?: object): void } }

t.test('the type of an event that is made is known where it is a constant', async (t) => {
  t.equal(
    typeMadeBy(() => ({ type: 'X' })),
    'X',
  )
  t.equal(
    typeMadeBy(({ context }: Args) => ({ type: 'X', n: context.n })),
    'X',
  )
  t.equal(
    typeMadeBy(({ event }: Args) => ({ ...event, type: 'X' })),
    'X',
  )
  for (const open of [
    ({ context }: Args) => ({ type: context.n > 0 ? 'X' : 'Y' }),
    ({ event }: Args) => ({ type: event.type }),
    ({ context }: Args) => ({ type: 'X', ...context }),
    ({ event }: Args) => event,
    () => ({ what: { type: 'X' }, ...{ type: 'Y' } }),
  ]) {
    t.equal(typeMadeBy(open), null, String(open))
  }
})

t.test(
  'of what is enqueued each raise is known by itself, and delayed ones count not',
  async (t) => {
    const raised = typesRaisedIn(({ enqueue, context }: Args & Enqueue) => {
      if (context.n > 0) enqueue.raise({ type: 'X' })
      enqueue.raise({ type: 'Y', n: context.n })
      enqueue.raise({ type: 'LATER' }, { delay: 5 })
      enqueue.raise({ type: 'LATER' }, { id: 'x', delay: 5 })
      enqueue.raise({ type: 'Z', ...context })
    })
    t.same(raised, ['X', 'Y', null])
    t.same(
      typesRaisedIn(() => 'raises nothing'),
      [],
    )
  },
)

const edges = (machine: AnyStateMachine) =>
  chartOf(machine)
    .edges.filter((it) => it.kind === 'machine' && it.from_state === 'a')
    .map((it) => `${it.event} ${it.to_state}`)

/** With states of type `object`, since XState's types of actions cannot be named here. */
function going(actions: object | string): AnyStateMachine {
  const a: object = { on: { GO: { target: 'b', actions } } }
  const states = { a, b: { on: { X: 'c', Y: 'd' } }, c: {}, d: {} }
  return createMachine({ id: 'm', initial: 'a', states })
}

t.test('a chart shows what a constant leads to, and all that anything else may', async (t) => {
  t.same(edges(going(raise(() => ({ type: 'X' })))), ['GO c'])
  t.same(edges(going(raise(({ event }) => event))), ['GO b', 'GO c', 'GO d'])
  const enqueued = enqueueActions(({ enqueue, context }) => {
    if (context['n'] > 0) enqueue.raise({ type: 'X' })
  })
  t.same(edges(going(enqueued)), ['GO b', 'GO c'])
})

t.test('what is enqueued by its name raises what that says', async (t) => {
  const machine = going('choose').provide({
    actions: {
      raiseY: raise({ type: 'Y' }),
      choose: enqueueActions(({ enqueue }) => enqueue('raiseY')),
    },
  })
  t.same(edges(machine), ['GO b', 'GO d'])
})

t.test('an enqueue that cannot assign leaves what guards said as it was', async (t) => {
  type Any = { enqueue: ((action: unknown) => void) & Record<string, (it: unknown) => void> }
  const one = assign({ n: 1 })
  for (const pure of [
    ({ enqueue }: Enqueue) => enqueue.raise({ type: 'A' }),
    ({ enqueue, ...rest }: Enqueue & Args) => enqueue.raise({ type: rest.event.type }),
  ]) {
    t.equal(mayChange(pure), false, String(pure))
  }
  for (const open of [
    ({ enqueue }: Any) => enqueue['assign']?.({ n: 1 }),
    ({ enqueue }: Any) => enqueue(one),
    ({ enqueue: add }: Any) => add(one),
    (args: Any) => args.enqueue(one),
    ({ enqueue }: Any) => [1].forEach(enqueue),
  ]) {
    t.equal(mayChange(open), true, String(open))
  }
  const asking = (actions: object) =>
    createMachine(
      {
        id: 'm',
        initial: 'a',
        states: {
          a: { on: { GO: { guard: 'g', target: 'b', ...actions } } },
          b: { always: [{ guard: 'g', target: 'c' }, 'd'] },
          c: {},
          d: {},
        },
      },
      { guards: { g: () => true } },
    )
  const reached = (actions: object) =>
    chartOf(asking(actions))
      .edges.filter(({ event }) => event === 'GO')
      .map((edge) => edge.to_state)
  const raised = enqueueActions(({ enqueue }) => enqueue.raise({ type: 'A' }))
  const assigned = enqueueActions(({ enqueue }) => enqueue.assign({ n: 1 }))
  t.strictSame(reached({ actions: raised }), ['c'])
  t.strictSame(reached({ actions: assigned }), ['c', 'd'])
})
