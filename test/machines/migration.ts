/** Where a task of another version would stand: pure, and nothing of the machine's is run. */
import t from 'tap'
import { type AnyStateMachine, createMachine, fromPromise } from 'xstate'
import type { Json } from '../../src/json.ts'
import { chartOf } from '../../src/machines/chart.ts'
import { hostOf } from '../../src/machines/host.ts'
import { askedAt, type Migrated, migratorOf, type Standing } from '../../src/machines/migration.ts'

const work = fromPromise(async () => null)

const child = createMachine({ id: 'child', initial: 'a', states: { a: { type: 'final' } } })

const never = () => {
  throw new Error('an action was run')
}

const old = createMachine({
  id: 'm',
  context: { n: 3 },
  initial: 'one',
  states: {
    one: {
      invoke: { id: 'kept', src: 'work' },
      after: { 1000: 'two', 2000: 'two' },
      on: { GO: 'two' },
    },
    two: { invoke: { id: 'gone', src: 'work', onDone: 'one' } },
  },
}).provide({ actors: { work } })

const next = createMachine({
  id: 'm',
  context: { n: 0 },
  initial: 'one',
  states: {
    one: {
      entry: never,
      invoke: [
        { id: 'kept', src: 'work' },
        { id: 'more', src: 'work', input: ({ context }) => ({ n: context.n }) },
      ],
      after: { 1000: 'both', soon: 'both' },
    },
    both: {
      type: 'parallel',
      states: {
        x: { initial: 'a', states: { a: { invoke: { id: 'sub', src: 'child' } }, b: {} } },
        y: { initial: 'c', states: { c: { on: { ASK: 'd' } }, d: { tags: 'review' } } },
      },
    },
  },
}).provide({
  actors: { work, child },
  delays: { soon: ({ context }) => context['n'] * 10 },
  actions: {},
})

/** As `next`, without what pawl would refuse. */
const admitted = createMachine({
  ...next.config,
  states: { ...next.config.states, one: { ...next.config.states?.['one'], entry: [] } },
}).provide({ ...next.implementations })

const snapshotAt = (machine: AnyStateMachine, events: string[]): Json => {
  const host = hostOf(machine, chartOf(machine))
  let snapshot: Json = host.start({}).snapshot
  for (const type of events) snapshot = host.step(snapshot, { type })?.snapshot ?? null
  return JSON.parse(JSON.stringify(snapshot))
}

function moved(task: Standing, to_state: string, machine = admitted): Migrated {
  const migrate = migratorOf(machine, chartOf(admitted).states)
  return migrate(task, askedAt(task.state, chartOf(old)), to_state)
}

const AT_ONE: Standing = {
  state: 'one',
  snapshot: snapshotAt(old, []),
  steps: [{ actor_id: 'kept', src: 'work', kind: 'actor' }],
  timers: ['xstate.after.1000.m.one', 'xstate.after.2000.m.one'],
}

t.test('what both states ask for goes on; the new begins, the old is let go', async (t) => {
  const { effects, snapshot, tags } = moved(AT_ONE, 'one')
  t.same(effects, [
    { kind: 'open_step', actor_id: 'more', src: 'work', input: { n: 3 } },
    { kind: 'remove_timer', timer_id: 'xstate.after.2000.m.one' },
    {
      kind: 'set_timer',
      timer_id: 'xstate.after.soon.m.one',
      delay_ms: 30,
      event: { type: 'xstate.after.soon.m.one' },
    },
  ])
  t.match(snapshot, {
    status: 'active',
    value: 'one',
    context: { n: 3 },
    children: { kept: { src: 'work' }, more: { src: 'work' } },
  })
  t.same(tags, [])
})

t.test('the timers that nobody named are counted on', async (t) => {
  const snapshot = { ...Object(AT_ONE.snapshot), unnamed: 2 }
  t.match(moved({ ...AT_ONE, snapshot }, 'one').snapshot, { unnamed: 2 })
})

t.test('a step that is done already is not done again where both states ask for it', async (t) => {
  const { effects } = moved({ ...AT_ONE, steps: [] }, 'one')
  t.notOk(effects.some((it) => it.kind === 'open_step' && it.actor_id === 'kept'))
})

t.test('a state of two regions is stood in as a whole, children begun', async (t) => {
  const { effects, snapshot, tags } = moved(AT_ONE, 'both.x.a|both.y.d')
  t.same(effects, [
    { kind: 'stop_step', actor_id: 'kept' },
    { kind: 'start_child', actor_id: 'sub', src: 'child', machine: 'child', input: {} },
    { kind: 'remove_timer', timer_id: 'xstate.after.1000.m.one' },
    { kind: 'remove_timer', timer_id: 'xstate.after.2000.m.one' },
  ])
  t.match(snapshot, { value: { both: { x: 'a', y: 'd' } }, children: { sub: { src: 'child' } } })
  t.same(tags, ['review'])
  const host = hostOf(admitted, chartOf(admitted))
  t.same(host.tagsOf('both.x.a|both.y.d'), ['review'])
})

t.test(
  'what was spawned, and actions on their way, stay while somebody is there for them',
  async (t) => {
    const steps: Standing['steps'] = [
      { actor_id: 'spawned', src: 'work', kind: 'actor' },
      { actor_id: 'orphan', src: 'nobody', kind: 'actor' },
      { actor_id: 'lost', src: 'nobody', kind: 'child' },
      { actor_id: 'mail', src: 'mail', kind: 'action' },
    ]
    const { effects } = moved({ ...AT_ONE, steps, timers: [] }, 'one')
    t.same(
      effects.filter((it) => it.kind === 'stop_step' || it.kind === 'stop_child'),
      [
        { kind: 'stop_step', actor_id: 'orphan' },
        { kind: 'stop_child', actor_id: 'lost' },
      ],
    )
  },
)

t.test('no action of the machine is run', async (t) => {
  t.doesNotThrow(() => moved(AT_ONE, 'one', next))
})

t.test(
  'an input or a delay that the context does not allow is the task’s own trouble',
  async (t) => {
    const snapshot = { ...Object(AT_ONE.snapshot), context: { n: 'three' } }
    t.throws(() => moved({ ...AT_ONE, snapshot }, 'one'), /the delay 'soon' came out as NaN/)
  },
)

t.test('what history remembers is kept where both versions have the states', async (t) => {
  const historyValue = { 'm.both.x.h': [{ id: 'm.gone' }], 'm.one': [{ id: 'm.both' }] }
  const snapshot = { ...Object(AT_ONE.snapshot), historyValue }
  t.match(moved({ ...AT_ONE, snapshot }, 'one').snapshot, {
    historyValue: { 'm.one': [{ id: 'm.both' }] },
  })
})

t.test('a task that has not begun goes as it is', async (t) => {
  const task: Standing = { state: '(new)', snapshot: null, steps: [], timers: [] }
  t.same(moved(task, '(new)'), { to_state: '(new)', snapshot: null, tags: [], effects: [] })
})
