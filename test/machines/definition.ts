import t from 'tap'
import { and, assign, createMachine, not, or, raise, setup, stateIn } from 'xstate'
import { definitionOf } from '../../src/machines/definition.ts'

const end = { type: 'final' } as const

const textOf = (state: object, more: object = {}) =>
  JSON.stringify(
    definitionOf(createMachine({ id: 'm', initial: 'a', states: { a: state, end }, ...more })),
  )

const region = { initial: 'a', states: { a: {}, b: {} } }
const regions = { type: 'parallel', states: { x: region, y: region } }

t.test('every structural change changes the text', async (t) => {
  const on = (transition: object | string) => ({ on: { GO: transition } })
  const texts = [
    textOf({}),
    textOf({}, { id: 'other' }),
    textOf({}, { version: '2' }),
    textOf({}, { initial: 'end' }),
    textOf({ tags: 'busy' }),
    textOf({ meta: { shown: true } }),
    textOf({ type: 'final' }),
    textOf({ type: 'final', output: 1 }),
    textOf({ type: 'final', output: () => 1 }),
    textOf(on('end')),
    textOf(on('a')),
    textOf(on({ target: 'a', reenter: true })),
    textOf(on({ target: 'end', guard: 'rich' })),
    textOf(on({ target: 'end', guard: () => true })),
    textOf(on({ target: 'end', guard: not('rich') })),
    textOf(on({ target: 'end', guard: and(['rich']) })),
    textOf(on({ target: 'end', guard: or(['rich']) })),
    textOf(on({ target: 'end', guard: stateIn('a') })),
    textOf(on({ target: 'end', guard: { type: 'rich', params: { by: 1 } } })),
    textOf(on({ target: 'end', actions: 'count' })),
    textOf(on({ target: 'end', actions: ['count', 'count'] })),
    textOf(on({ target: 'end', actions: assign({ n: 1 }) })),
    textOf(on({ target: 'end', actions: assign({ n: 2 }) })),
    textOf(on({ target: 'end', actions: assign({ n: () => 2 }) })),
    textOf(on({ target: 'end', actions: raise({ type: 'X' }) })),
    textOf(on({ target: 'end', actions: raise({ type: 'X' }, { id: 'x', delay: 1 }) })),
    textOf({ on: { STOP: 'end' } }),
    textOf({ always: 'end' }),
    textOf({ after: { 10: 'end' } }),
    textOf({ after: { 20: 'end' } }),
    textOf({ after: { soon: 'end' } }),
    textOf({ entry: 'count' }),
    textOf({ exit: 'count' }),
    textOf({ invoke: { src: 'step' } }),
    textOf({ invoke: { src: 'step', id: 'named' } }),
    textOf({ invoke: { src: 'step', input: { n: 1 } } }),
    textOf({ invoke: { src: 'step', onDone: 'end' } }),
    textOf({ invoke: { src: 'step', onError: 'end' } }),
    textOf({ initial: 'x', states: { x: {} } }),
    textOf({ initial: 'x', states: { x: {}, h: { type: 'history' } } }),
    textOf({ initial: 'x', states: { x: {}, h: { type: 'history', history: 'deep' } } }),
    textOf({ initial: 'x', states: { x: {}, h: { type: 'history', target: 'x' } } }),
    textOf({ type: 'parallel', states: { x: {}, y: {} } }),
    textOf({ type: 'parallel', states: { y: {}, x: {} } }),
    textOf({ type: 'parallel', states: { x: {}, y: {}, h: { type: 'history' } } }),
    textOf({ ...regions, on: { GO: { target: ['.x.a', '.y.b'] } } }),
    textOf({ ...regions, on: { GO: { target: ['.x.b', '.y.b'] } } }),
    textOf({ ...regions, on: { GO: '.x.b' } }),
    textOf({ ...regions, onDone: 'end' }),
  ]
  t.equal(new Set(texts).size, texts.length)
})

t.test('what is written in another order, or coded in another way, is the same', async (t) => {
  const one = { on: { A: { guard: () => true, target: 'end' }, B: 'end' }, tags: ['x', 'y'] }
  const two = { tags: ['y', 'x'], on: { B: 'end', A: { target: 'end', guard: () => Math.PI > 3 } } }
  t.equal(textOf(one), textOf(two))
  t.equal(textOf({}, { description: 'told to people' }), textOf({}))
  const turned = { initial: 'a', states: { b: {}, a: {} } }
  t.equal(textOf(regions), textOf({ ...regions, states: { x: turned, y: region } }))
})

t.test('a constant delay and what a guard is put together from are structure', async (t) => {
  const of = (pause: number, all: boolean) =>
    JSON.stringify(
      definitionOf(
        setup({
          guards: { rich: () => true, both: all ? and(['rich', 'rich']) : or(['rich', 'rich']) },
          delays: { pause },
        }).createMachine({
          id: 'm',
          initial: 'a',
          states: { a: { after: { pause: { guard: 'both', target: 'a' } } } },
        }),
      ),
    )
  const first = of(10, true)
  t.equal(first, of(10, true))
  t.not(first, of(20, true))
  t.not(first, of(10, false))
})
