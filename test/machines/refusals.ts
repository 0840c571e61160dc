import t from 'tap'
import {
  type AnyStateMachine,
  assign,
  createMachine,
  emit,
  fromPromise,
  log,
  raise,
  setup,
} from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { Refusal } from '../../src/refusal.ts'
import { REFUSED_SHAPES, REFUSED_WORK } from '../fixtures/refused_machines.ts'

const step = fromPromise(async () => 1)

for (const [what, make, message] of [...REFUSED_SHAPES, ...REFUSED_WORK]) {
  t.test(`${what} is refused`, async (t) => {
    const refusal = refusalOf(make())
    t.equal(refusal?.code, 'PW603')
    t.match(refusal?.message, message)
    t.ok(refusal?.hint, 'with a hint')
  })
}

t.test('what only changes context, raises or tells is welcome', async (t) => {
  const machine = setup({
    actors: { step },
    actions: { count: assign({ n: 1 }) },
    guards: { rich: () => true },
    delays: { soon: 10, later: () => 20 },
  }).createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    states: {
      a: {
        entry: [
          'count',
          raise({ type: 'X' }),
          raise(() => ({ type: 'Y' }), { id: 'y', delay: 'soon' }),
        ],
        exit: [log('left'), emit({ type: 'left' })],
        after: { later: 'end' },
        on: { 'pawl.deadline': 'end', X: { guard: 'rich', actions: 'count' }, Y: 'end' },
      },
      end: { type: 'final' },
    },
  })
  t.equal(refusalOf(machine), undefined)
})

t.test('a chart of too many edges is refused with advice', async (t) => {
  const keys = Array.from({ length: 145 }, (_, i) => `s${i}`)
  const on = Object.fromEntries(keys.map((key) => [`to_${key}`, `.${key}`]))
  const states = Object.fromEntries(keys.map((key) => [key, {}]))
  const refusal = refusalOf(createMachine({ id: 'm', initial: 's0', states, on }))
  t.equal(refusal?.code, 'PW603')
  t.match(refusal?.message, /more than 20000 edges/)
  t.match(refusal?.hint, /split it/)
})

t.test('a chart whose regions multiply is refused with the regions named', async (t) => {
  const ring = (key: string) => {
    const keys = Array.from({ length: 20 }, (_, i) => `s${i}`)
    const next = (i: number) => ({ on: { [key]: keys[(i + 1) % keys.length] } })
    return { initial: 's0', states: Object.fromEntries(keys.map((it, i) => [it, next(i)])) }
  }
  const states = { up: ring('UP'), scan: ring('SCAN'), log: ring('LOG') }
  const run = { type: 'parallel' as const, states }
  const refusal = refusalOf(createMachine({ id: 'm', initial: 'run', states: { run } }))
  t.equal(refusal?.code, 'PW603')
  t.match(refusal?.message, /more than 20000 edges/)
  t.match(refusal?.hint, /state 'run' multiply: up \(20\) × scan \(20\) × log \(20\) = 8000/)
})

function refusalOf(machine: AnyStateMachine): Refusal | undefined {
  try {
    chartOf(machine)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
