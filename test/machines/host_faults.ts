import t from 'tap'
import type { AnyStateMachine } from 'xstate'
import { assign, cancel, createMachine, fromPromise, raise, setup } from 'xstate'
import type { Json } from '../../src/json.ts'
import { chartOf } from '../../src/machines/chart.ts'
import { hostOf } from '../../src/machines/host.ts'
import type { Move } from '../../src/machines/moves.ts'
import { Refusal } from '../../src/refusal.ts'
import { never } from '../fixtures/live_machine.ts'

const step = fromPromise(never)

/** Starts a machine and sends it GO. */
function go(machine: AnyStateMachine): Move | undefined {
  const host = hostOf(machine, chartOf(machine))
  return host.step(host.start(null).snapshot, { type: 'GO' })
}

function refusalOf(act: () => unknown): Refusal | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** A machine that takes `value` into its context, into a step's input and into its output. */
function carrying(value: unknown, where: 'context' | 'input' | 'output'): AnyStateMachine {
  return setup({ actors: { step } }).createMachine({
    id: 'm',
    context: { put: null as unknown },
    initial: 'a',
    states: {
      a: {
        on: {
          GO: { target: where, actions: where === 'context' ? assign({ put: () => value }) : [] },
        },
      },
      context: {},
      input: { invoke: { id: 'it', src: 'step', input: () => ({ put: value }) } },
      output: { type: 'final' },
    },
    output: () => ({ put: value }),
  })
}

class Purse {}
const NOT_JSON: [string, unknown, string][] = [
  ['a Date', { when: new Date(0) }, '.when is a Date'],
  ['a function', [() => 1], '[0] is a function'],
  ['a Map', { deep: [new Map()] }, '.deep[0] is a Map'],
  ['a BigInt', { cost: 1n }, '.cost is a bigint'],
  ['undefined in an array', [1, undefined], '[1] is undefined'],
  ['a hole in an array', Array(1), '[0] is undefined'],
  ['NaN', { n: Number.NaN }, '.n is NaN'],
  ['an instance', new Purse(), ' is a Purse'],
  ['an Error', { why: new Error('x') }, '.why is a Error'],
  ['a symbol', { s: Symbol('s') }, '.s is a symbol'],
]

for (const [what, value, message] of NOT_JSON) {
  t.test(`${what} cannot be stored and is refused with its path`, async (t) => {
    const paths = { context: 'context.put', input: "the input of 'it'.put", output: 'output.put' }
    for (const where of ['context', 'input', 'output'] as const) {
      const refusal = refusalOf(() => go(carrying(value, where)))
      t.equal(refusal?.code, 'PW603')
      t.equal(refusal?.message, `${paths[where]}${message}, which is not JSON`)
      t.ok(refusal?.hint)
    }
  })
}

t.test('a value that holds itself is refused and not followed for ever', async (t) => {
  const ring: Record<string, unknown> = {}
  ring['ring'] = ring
  t.match(refusalOf(() => go(carrying(ring, 'context')))?.message, /nested deeper than 200/)
})

t.test('plain values pass, and what is undefined is left out', async (t) => {
  const value = { text: 'x', list: [1, [true, null]], nothing: undefined }
  const context = go(carrying(value, 'context'))?.snapshot['context']
  t.strictSame(JSON.parse(JSON.stringify(context)), { put: { text: 'x', list: [1, [true, null]] } })
  t.strictSame(go(carrying(undefined, 'context'))?.snapshot['context'], {})
})

t.test('a move that is no edge of the chart is refused by name', async (t) => {
  const of = (target: string) =>
    createMachine({ id: 'm', initial: 'a', states: { a: { on: { GO: target } }, b: {}, c: {} } })
  const host = hostOf(of('c'), chartOf(of('b')))
  const refusal = refusalOf(() => host.step(host.start(null).snapshot, { type: 'GO' }))
  t.equal(refusal?.code, 'PW003')
  t.match(refusal?.message, /'GO' led from 'a' to 'c'/)
  const stray = { status: 'active', value: 'z', historyValue: {}, context: {}, children: {} }
  t.equal(refusalOf(() => host.step(stray, { type: 'GO' }))?.code, 'PW003')
})

t.test('what a machine throws is thrown, at the start and later', async (t) => {
  const boom = (): Json => {
    throw new RangeError('boom')
  }
  const early = createMachine({
    id: 'm',
    context: () => ({ n: boom() }),
    initial: 'a',
    states: { a: {} },
  })
  t.throws(() => hostOf(early, chartOf(early)).start(null), RangeError)
  const late = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: { actions: assign(boom) } } } },
  })
  t.throws(() => go(late), RangeError)
  const again = createMachine({ id: 'm', initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })
  t.equal(go(again)?.to_state, 'b', 'and the next move is as good as ever')
})

t.test('an always that runs in a circle by its context is stopped', async (t) => {
  const turning = createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    states: {
      a: { on: { GO: 'b' } },
      b: { always: { guard: () => true, target: 'c', actions: assign({ n: 1 }) } },
      c: { always: { guard: () => true, target: 'b' } },
    },
  })
  t.throws(() => go(turning), /Infinite loop/)
})

t.test('a hidden spawn is refused when it happens', async (t) => {
  const hidden = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: { actions: assign((args) => ({ ref: args['spawn'](step, { id: 'x' }) })) } } },
    },
  })
  const refusal = refusalOf(() => go(hidden))
  t.equal(refusal?.code, 'PW603')
  t.match(refusal?.message, /'x' was spawned/)
})

t.test('a delay that comes out as no number is refused', async (t) => {
  const late = setup({ delays: { soon: () => Number.NaN } }).createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: 'b' } }, b: { after: { soon: 'a' } } },
  })
  t.match(refusalOf(() => go(late))?.message, /came out as NaN/)
})

t.test(
  'a delay of more than a hundred years is refused, and one of a hundred is not',
  async (t) => {
    const after = (ms: number) =>
      createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { on: { GO: 'b' } }, b: { after: { [ms]: 'a' } } },
      })
    const hundred_years_ms = 36_525 * 86_400_000
    t.match(
      refusalOf(() => go(after(1e17))),
      {
        code: 'PW603',
        message:
          "the delay of 'xstate.after.100000000000000000.m.b' came out as 100000000000000000",
        hint: /at most a hundred years/,
      },
    )
    t.equal(refusalOf(() => go(after(hundred_years_ms + 1)))?.code, 'PW603')
    t.match(go(after(hundred_years_ms))?.effects, [{ delay_ms: hundred_years_ms }])
  },
)

t.test('delayed raises and cancels become timers, the last word counting', async (t) => {
  const remind = raise({ type: 'REMIND' }, { id: 'reminder', delay: 50 })
  const of = (...actions: (typeof remind | ReturnType<typeof cancel>)[]) =>
    go(
      createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { on: { GO: { actions }, REMIND: 'b' } }, b: {} },
      }),
    )?.effects
  const set = { kind: 'set_timer', timer_id: 'reminder', delay_ms: 50, event: { type: 'REMIND' } }
  const removed = { kind: 'remove_timer', timer_id: 'reminder' }
  t.strictSame(of(remind), [set])
  t.strictSame(of(remind, cancel('reminder')), [removed])
  t.strictSame(of(cancel('reminder'), remind), [set])
  const later = raise({ type: 'REMIND' }, { id: 'reminder', delay: 90 })
  t.strictSame(of(remind, later), [{ ...set, delay_ms: 90 }], 'one takes the place of the other')
})
