/** Which machines may run below which: an app is refused where a child is missing or has no end. */
import t from 'tap'
import { type AnyStateMachine, assign, createMachine } from 'xstate'
import { z } from 'zod'
import { type AppSpec, defineApp } from '../../src/app/define_app.ts'
import { type Action, defineMachine, type MachineDefinition } from '../../src/app/define_machine.ts'
import { definitionOf } from '../../src/machines/definition.ts'
import { Refusal } from '../../src/refusal.ts'

const input = z.looseObject({})

/** A machine that invokes the machines of these names, one after the other. */
function invoking(id: string, ...names: string[]): AnyStateMachine {
  const states = names.map((name, at) => [
    `s${at}`,
    { invoke: { src: name, onDone: `s${at + 1}`, onError: `s${at + 1}` } },
  ])
  const end = [`s${names.length}`, { type: 'final' }]
  const actors = Object.fromEntries(names.map((name) => [name, createMachine({ id: name })]))
  return createMachine({
    id,
    initial: 's0',
    states: Object.fromEntries([...states, end]),
  }).provide({ actors })
}

const defined = (id: string, ...names: string[]) =>
  defineMachine(invoking(id, ...names), { input, actors: {} })

function refusalOf(make: () => unknown): Refusal | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const app = (...machines: MachineDefinition[]) => refusalOf(() => defineApp({ machines }))

t.test('an app holds the machines its machines invoke', async (t) => {
  t.equal(app(defined('a', 'b', 'c'), defined('b', 'c'), defined('c')), undefined)
  const refusal = app(defined('a', 'b', 'c'), defined('b'))
  t.equal(refusal?.code, 'PW603')
  t.match(refusal?.message, /'a' invokes c, the machine 'c', which the app lacks/)
  t.match(refusal?.hint, /defineApp/)
})

t.test('no machine runs below itself', async (t) => {
  t.match(app(defined('a', 'a'))?.message, /'a' would run below itself: a → a/)
  const refusal = app(defined('a', 'b'), defined('b', 'c'), defined('c', 'b'))
  t.equal(refusal?.code, 'PW603')
  t.match(refusal?.message, /'b' would run below itself: a → b → c → b/)
})

t.test('an actor may be another definition, an agent too', async (t) => {
  const child = defined('child')
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { invoke: { src: 'help', onDone: 'b', onError: 'b' } }, b: { type: 'final' } },
  })
  const parent = defineMachine(machine, { input, actors: { help: child } })
  t.same([...parent.children], [['help', 'child']])
  const spec: AppSpec = { machines: [parent, child] }
  t.equal(
    refusalOf(() => defineApp(spec)),
    undefined,
  )
})

t.test('another child behind the same name is another definition', async (t) => {
  const of = (child: string) =>
    invoking('m', 'x').provide({ actors: { x: createMachine({ id: child }) } })
  t.notSame(definitionOf(of('one')), definitionOf(of('two')))
})

t.test('an action is done by a function or by XState, not by both', async (t) => {
  const machine = createMachine(
    { id: 'm', context: { n: 0 }, initial: 'a', states: { a: { entry: 'mail' } } },
    { actions: { mail: assign({ n: 1 }) } },
  )
  const mail: Action = async () => null
  const both = refusalOf(() => defineMachine(machine, { input, actors: {}, actions: { mail } }))
  t.match(both?.message, /has the action 'mail' twice/)
  const neither = refusalOf(() =>
    defineMachine(machine.provide({ actions: { mail: () => undefined } }), { input, actors: {} }),
  )
  t.match(neither?.message, /runs the action 'mail'/)
  t.match(neither?.hint, /defineMachine\(machine, \{ actions: \{ mail: /)
})
